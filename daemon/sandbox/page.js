// The phones: asks the gateway what is new after the last thing it knows, and shows it. Everything that comes from a
// text is put into the page by textContent, so that no text can be more than a text.
'use strict';

const SHOWN_MOST = 120; // bubbles of a phone in the page; the gateway keeps some more
const FILTER_FROM = 7; // phones

const phones = new Map(); // by number
const bubbles = new Map(); // by id
const place = document.getElementById('phones');
const summary = document.getElementById('summary');
const filter = document.getElementById('filter');
const needle = filter.querySelector('input');
let run = '';
let next = 0;
let texts = 0;

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

function makePhone(number) {
	const node = document.getElementById('phone').content.firstElementChild.cloneNode(true);
	const phone = { number, node, list: node.querySelector('.texts'), other: '', day: '' };
	const form = node.querySelector('form');

	node.setAttribute('aria-label', `Phone ${readable(number)}`);
	node.querySelector('h2').textContent = readable(number);
	phone.list.setAttribute('aria-label', `Texts of ${readable(number)}`);
	form.elements.text.setAttribute('aria-label', `Write back as ${readable(number)}`);
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		reply(phone, form.elements.text);
	});
	node.hidden = !number.includes(digits());
	phones.set(number, phone);
	place.append(node);
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

function showOnLockScreen(phone, bubble) {
	const lock = phone.node.querySelector('.lock');
	const time = timeFormat.format(wallClock(bubble.at));

	lock.querySelector('b').textContent = readable(bubble.other);
	lock.querySelector('time').textContent = time;
	lock.querySelector('.preview').textContent = bubble.text;
	phone.node.querySelector('.clock').textContent = time.replace(/ .M$/, '');
}

function dropOldest(phone) {
	while (phone.list.querySelectorAll('.bubble').length > SHOWN_MOST) {
		const oldest = phone.list.querySelector('.bubble');
		const day = oldest.previousElementSibling;
		bubbles.delete(oldest.dataset.id);
		if (day && (!oldest.nextElementSibling || oldest.nextElementSibling.className === 'day')) {
			day.remove();
		}
		oldest.remove();
	}
}

function addBubble(bubble, fresh) {
	const phone = phones.get(bubble.phone) || makePhone(bubble.phone);
	const day = dayFormat.format(wallClock(bubble.at));
	const own = bubble.state !== 'received';
	const node = element('li', own ? 'bubble own' : 'bubble', '');

	if (day !== phone.day) {
		phone.day = day;
		phone.list.append(element('li', 'day', day));
	}
	node.dataset.id = bubble.id;
	node.classList.toggle('new', fresh);
	node.append(element('p', '', bubble.text), element('small', '', ''));
	phone.list.append(node);
	bubbles.set(bubble.id, node);
	phone.other = bubble.other;
	texts += 1;
	if (!own) {
		showOnLockScreen(phone, bubble);
	}
	dropOldest(phone);
	return phone;
}

function show(bubble, fresh) {
	const phone = bubbles.has(bubble.id) ? phones.get(bubble.phone) : addBubble(bubble, fresh);
	const node = bubbles.get(bubble.id);

	node.classList.toggle('failed', bubble.state === 'unanswered' || bubble.state === 'no webhook');
	node.querySelector('small').textContent = describe(bubble);
	return phone;
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

	say(phones.size ? `${count(phones.size, 'phone')}, ${count(texts, 'text')}${more}` : '');
	document.getElementById('empty').hidden = phones.size > 0;
	filter.hidden = phones.size < FILTER_FROM;
}

function startAnew(newRun) {
	run = newRun;
	texts = 0;
	phones.clear();
	bubbles.clear();
	place.replaceChildren();
}

// A phone whose reader has scrolled back to an older text stays there.
function isAtEnd(list) {
	return list.scrollHeight - list.scrollTop - list.clientHeight < 60;
}

function take(news) {
	const fresh = news.run === run;
	const touched = new Set();
	const atEnd = new Map();

	if (!fresh) {
		startAnew(news.run);
	}
	for (const phone of phones.values()) {
		atEnd.set(phone, isAtEnd(phone.list));
	}
	for (const bubble of news.bubbles) {
		touched.add(show(bubble, fresh && !news.more));
	}
	for (const phone of touched) {
		if (atEnd.get(phone) !== false) {
			phone.list.scrollTop = phone.list.scrollHeight;
		}
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
			take(await answer.json());
		} catch {
			say('The sandbox does not answer. Trying again …', true);
			await new Promise((resolve) => setTimeout(resolve, 1000));
		}
	}
}

document.getElementById('address').textContent = location.origin;
listen();
