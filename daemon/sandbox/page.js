// The phones: asks the gateway what is new after the last thing it knows, and shows it. Everything that comes from a
// text is put into the page by textContent, so that no text can be more than a text.
'use strict';

const SHOWN_MOST = 120; // texts of a phone; the gateway keeps some more
const FILTER_FROM = 7; // phones
// For a picture: one answer is shown whole, at once, and nothing is under way afterwards.
const STILL = location.hash === '#still';

const phones = new Map(); // by number
const texts = new Map(); // by id: what is known of a text, and its node where it is drawn
const place = document.getElementById('phones');
const summary = document.getElementById('summary');
const filter = document.getElementById('filter');
const needle = filter.querySelector('input');
let run = '';
let next = 0;
let came = 0; // texts

const STATES = {
	sending: 'sending …',
	delivered: 'delivered',
	unanswered: 'nobody answered',
	'no webhook': 'no webhook is set',
};

function readable(number) {
	return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, '($1) $2-$3');
}

// What the client's own wall clock says, whatever the zone of this browser: the offset is cut off.
function wallClock(at) {
	return new Date(at.slice(0, 19) + 'Z');
}

const timeFormat = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit', timeZone: 'UTC' });
const dayFormat = new Intl.DateTimeFormat('en-US', { weekday: 'long', month: 'long', day: 'numeric', timeZone: 'UTC' });

function element(tag, className, text) {
	const made = document.createElement(tag);
	made.className = className;
	made.textContent = text;
	return made;
}

// There may be thousands of phones: only those on the screen are drawn, the others when they come there.
const sight = new IntersectionObserver((entries) => {
	for (const entry of entries) {
		const phone = phones.get(entry.target.dataset.number);

		if (phone) {
			phone.seen = entry.isIntersecting;
			drawAnew(phone);
		}
	}
}, { rootMargin: '400px' });

function makePhone(number) {
	const node = document.getElementById('phone').content.firstElementChild.cloneNode(true);
	const list = node.querySelector('ol');
	const form = node.querySelector('form');
	const phone = { number, node, list, texts: [], newest: null, other: '', day: '', seen: STILL, stale: !STILL };

	node.dataset.number = number;
	node.setAttribute('aria-label', `Phone ${readable(number)}`);
	node.querySelector('h2').textContent = readable(number);
	list.setAttribute('aria-label', `Texts of ${readable(number)}`);
	form.elements.text.setAttribute('aria-label', `Write back as ${readable(number)}`);
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		reply(phone, form.elements.text);
	});
	node.hidden = !number.includes(digits());
	phones.set(number, phone);
	place.append(node);
	sight.observe(node);
	return phone;
}

async function reply(phone, input) {
	const text = input.value;
	input.value = '';
	try {
		const answer = await fetch('/api/reply', {
			method: 'POST',
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ from: phone.number, to: phone.other, text }),
		});
		if (answer.ok) {
			return;
		}
	} catch {
		// Told below.
	}
	input.value = text;
	say('The sandbox did not take it.', true);
}

function describe(bubble) {
	const time = timeFormat.format(wallClock(bubble.at));
	const cost = bubble.segments === 1 ? '1 segment' : `${bubble.segments} segments`;
	return `${time} · ${STATES[bubble.state] || cost}`;
}

function drawLockScreen(phone) {
	const lock = phone.node.querySelector('.lock');
	const time = timeFormat.format(wallClock(phone.newest.at));

	lock.querySelector('b').textContent = readable(phone.newest.other);
	lock.querySelector('time').textContent = time;
	lock.querySelector('.preview').textContent = phone.newest.text;
	phone.node.querySelector('.clock').textContent = time.replace(/ .M$/, '');
}

function drawState({ bubble, node }) {
	node.classList.toggle('failed', bubble.state === 'unanswered' || bubble.state === 'no webhook');
	node.querySelector('small').textContent = describe(bubble);
}

function draw(phone, text, fresh) {
	const { bubble } = text;
	const day = dayFormat.format(wallClock(bubble.at));

	if (day !== phone.day) {
		phone.day = day;
		phone.list.append(element('li', 'day', day));
	}
	text.node = element('li', bubble.state === 'received' ? 'bubble' : 'bubble own', '');
	text.node.classList.toggle('new', fresh);
	text.node.append(element('p', '', bubble.text), element('small', '', ''));
	drawState(text);
	phone.list.append(text.node);
	if (phone.newest) {
		drawLockScreen(phone);
	}
}

function drawAnew(phone) {
	if (!phone.seen || !phone.stale) {
		return;
	}
	phone.stale = false;
	phone.day = '';
	phone.list.replaceChildren();
	for (const text of phone.texts) {
		draw(phone, text, false);
	}
}

function forgetOldest(phone) {
	const { bubble, node } = phone.texts.shift();

	texts.delete(bubble.id);
	if (node) {
		node.remove();
		if (phone.list.children[1]?.className === 'day') {
			phone.list.firstElementChild.remove();
		}
	}
}

function show(bubble, fresh) {
	const known = texts.get(bubble.id);

	if (known) {
		known.bubble = bubble;
		if (known.node) {
			drawState(known);
		}
		return;
	}

	const phone = phones.get(bubble.phone) || makePhone(bubble.phone);
	const text = { bubble, node: null };

	came += 1;
	texts.set(bubble.id, text);
	phone.texts.push(text);
	phone.other = bubble.other;
	if (bubble.state === 'received') {
		phone.newest = bubble;
	}
	if (phone.seen && !phone.stale) {
		draw(phone, text, fresh);
	} else {
		phone.stale = true;
	}
	if (phone.texts.length > SHOWN_MOST) {
		forgetOldest(phone);
	}
}

function say(text, lost) {
	summary.textContent = text;
	summary.classList.toggle('lost', Boolean(lost));
}

function count(number, word) {
	return `${number.toLocaleString('en-US')} ${word}${number === 1 ? '' : 's'}`;
}

function summarise(unseen) {
	const more = unseen ? `, and ${count(unseen, 'text')} to numbers beyond these` : '';

	say(phones.size ? `${count(phones.size, 'phone')}, ${count(came, 'text')}${more}` : '');
	document.getElementById('empty').hidden = phones.size > 0;
	filter.hidden = phones.size < FILTER_FROM;
}

function take(news) {
	const fresh = news.run === run && !news.more;

	if (news.run !== run) {
		run = news.run;
		came = 0;
		sight.disconnect();
		phones.clear();
		texts.clear();
		place.replaceChildren();
	}
	for (const bubble of news.bubbles) {
		show(bubble, fresh);
	}
	next = news.next;
	summarise(news.unseen);
}

function digits() {
	return needle.value.replace(/\D/g, '');
}

needle.addEventListener('input', () => {
	for (const phone of phones.values()) {
		phone.node.hidden = !phone.number.includes(digits());
	}
});

async function listen() {
	for (;;) {
		try {
			const answer = await fetch(`/api/events?run=${encodeURIComponent(run)}&after=${next}`);
			const news = await answer.json();
			take(news);
			if (STILL && !news.more) {
				return;
			}
		} catch {
			say('The sandbox does not answer. Trying again …', true);
			await new Promise((resolve) => setTimeout(resolve, 1000));
		}
	}
}

document.getElementById('address').textContent = location.origin;
listen();
