#!/usr/bin/perl
# What texts cost, calculated a second time: Perl's own table of GSM 03.38, and segments cut out of the encoded bytes.
# Usage: text.pl SEED COUNT: every character of the BMP alone, then COUNT texts; each line is
# ENCODING UNITS SEGMENTS UTF-8-IN-HEX.
use strict;
use warnings;
use Encode ();

my ($seed, $count) = @ARGV;
srand $seed;
binmode STDOUT;

# The parts of at most $room units of $size bytes each; what begins a pair does not end a part.
sub parts {
	my ($bytes, $size, $room, $begins_pair) = @_;
	my @parts;
	while (length $bytes) {
		my $part = substr $bytes, 0, $size * $room;
		if (length $part < length $bytes && substr($part, -$size) =~ $begins_pair) {
			substr($part, -$size) = "";
		}
		push @parts, $part;
		substr($bytes, 0, length $part) = "";
	}
	return scalar @parts;
}

sub cost {
	my ($text) = @_;
	my $septets = eval { Encode::encode("gsm0338", my $copy = $text, Encode::FB_CROAK) };
	return ("GSM-7", length $septets, length $septets <= 160 ? 1 : parts($septets, 1, 153, qr/^\x1b$/))
		if defined $septets;

	my $units = Encode::encode("UTF-16BE", $text);
	return ("UCS-2", length($units) / 2, length $units <= 140 ? 1 : parts($units, 2, 67, qr/^[\xd8-\xdb]/s));
}

sub show {
	my ($text) = @_;
	my @cost = cost($text);
	utf8::encode($text);
	print join(" ", @cost, unpack("H*", $text)), "\n";
}

my @bmp = map { chr } grep { $_ < 0xd800 || $_ > 0xdfff } 1 .. 0xffff;
my @gsm = grep { (cost($_))[0] eq "GSM-7" } @bmp;
my @pairs = grep { (cost($_))[1] == 2 } @gsm;
my @beyond = map { chr } 0x1f300 .. 0x1f6ff, 0x10000, 0x10fffd;

# Mostly plain, so that many stay GSM-7; now and then a run of pairs, or what turns the whole text into UCS-2.
sub some_text {
	my @pools = (\@gsm, \@gsm, \@pairs, (rand() < 0.4 ? (\@bmp, \@beyond) : ()));
	my ($text, $length) = ("", int rand(rand() < 0.5 ? 200 : 500));
	while (length $text < $length) {
		my $pool = $pools[rand @pools];
		$text .= $pool->[rand @$pool] for 0 .. rand 30;
	}
	return length $text ? $text : "a";
}

show($_) for @bmp;
show(some_text()) for 1 .. $count;
