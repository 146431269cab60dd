# Compare the clock with a slow, obvious reference: random calendars in many zones, where every open minute is
# marked in an array and a limit is counted minute by minute and day by day. One test for each calendar.
# GRID_GOV_SEED and GRID_GOV_CALENDARS choose the seed (printed) and how many calendars.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use GridGov;
use POSIX ();
use Time::Local 'timegm';

my $seed = $ENV{GRID_GOV_SEED} || int(rand 1e9);
my $ncalendars = $ENV{GRID_GOV_CALENDARS} || 24;
pass("seed $seed");
srand $seed;

my @zones = (
  ['Asia/Shanghai', '2026-01-20'], ['Asia/Shanghai', '1988-04-01'], ['UTC', '2024-02-20'], ['America/New_York', '2026-03-01'],
  ['America/New_York', '2026-10-20'], ['Europe/Berlin', '2026-03-20'], ['Europe/Berlin', '2026-10-10'],
  ['America/Sao_Paulo', '2015-10-10'], ['America/Sao_Paulo', '2015-02-10'], ['Australia/Lord_Howe', '2026-03-25'],
  ['Australia/Lord_Howe', '2026-09-25'], ['Pacific/Apia', '2011-12-20'], ['Asia/Tehran', '2015-03-10'], ['America/Havana', '2026-10-20'],
  ['Asia/Kathmandu', '2026-05-01'], ['Pacific/Kwajalein', '1993-08-10'],
);
my @wd = qw(Mo Tu We Th Fr Sa Su);
my ($before, $span_days) = (6, 75);   # days marked before the first start, and in all
sub pick { return $_[rand @_] }
sub hm { my ($m) = @_; return sprintf '%02d:%02d', int($m / 60), $m % 60 }

# Days are numbers since 1970-01-01.
sub iso { my ($day) = @_; my @t = gmtime($day * 86400); return sprintf '%04d-%02d-%02d', $t[5] + 1900, $t[4] + 1, $t[3] }
sub day_of { my ($y, $m, $d) = split /-/, $_[0]; return timegm(0, 0, 0, $d, $m - 1, $y) / 86400 }
sub weekday { return ($_[0] + 3) % 7 }   # 1970-01-01 was a Thursday

# The offset in force, from the C library.
sub offset { my ($t) = @_; my @l = localtime $t; return timegm(@l[0 .. 5]) - $t }
# The instant of a wall time: the first of two; where there is none, as the clock before the change would have counted.
sub instant {
  my ($wall) = @_;
  my ($o1, $o2) = (offset($wall - 105000), offset($wall + 105000));
  my @found = sort { $a <=> $b } grep { offset($_) == $wall - $_ } ($wall - $o1, $wall - $o2);
  return @found ? $found[0] : $wall - $o1;
}
sub midnight { return instant($_[0] * 86400) }
sub local_day { my ($t) = @_; return POSIX::floor(($t + offset($t)) / 86400) }

# Random spans of a day: [open, close] in minutes; the last one may end on the next day.
sub random_spans {
  my $step = pick(1, 5, 30, 30, 60);
  my @cuts = sort { $a <=> $b } map { $step * int rand(1440 / $step) } 1 .. 2 * pick(1, 1, 2, 2, 3);
  my (@spans, %seen);
  # Clocks change in the small hours.
  $cuts[int rand @cuts] = 15 * int rand 16 if rand() < 0.5;
  @cuts = sort { $a <=> $b } @cuts;
  return [[0, 1440]] if rand() < 0.08;
  @cuts = grep { !$seen{$_}++ } @cuts;
  while (@cuts >= 2) { push @spans, [splice @cuts, 0, 2] }
  if (rand() < 0.15 && @spans) {
    my $close = $step * int rand(1 + $spans[0][0] / $step);
    $spans[-1][1] = 1440 + $close;
  }
  @spans = ([480, 720], [840, 1080]) if !@spans;
  return \@spans;
}
sub spans_text { return join ',', map { hm($_->[0]) . '-' . ($_->[1] == 1440 ? '24:00' : hm($_->[1] % 1440)) } @{$_[0]} }
sub spans_ok { my ($s) = @_; return !grep { $_->[1] > 1440 && $_->[1] - 1440 >= $_->[0] } @$s }

# A random calendar: its text, and the hours of each day as plain lists.
sub random_calendar {
  my ($zone, $first) = @{pick(@zones)};
  my $d0 = day_of($first) + int rand 12;
  my (@rules, @week, %hours, %used);
  for my $group (1 .. pick(1, 1, 1, 2, 3)) {
    my @days = grep { !$week[$_] && rand() < 0.7 } 0 .. 6;
    my $spans = random_spans();
    next if !@days || !spans_ok($spans);
    $week[$_] = $spans for @days;
    push @rules, join(',', map { $wd[$_] } @days) . ' ' . spans_text($spans);
  }
  my @season;
  my $at = $d0 - 4;
  for (1 .. pick(0, 0, 1, 2)) {
    my $from = $at + int rand 10;
    my $to = $from + int rand 25;
    $at = $to + 1;
    my @days = grep { rand() < 0.6 } 0 .. 6;
    my $spans = rand() < 0.15 ? [] : random_spans();
    next if !@days || !spans_ok($spans);
    push @season, { from => $from, to => $to, days => {map { $_ => 1 } @days}, spans => $spans };
    push @rules, iso($from) . '/' . iso($to) . ' ' . join(',', map { $wd[$_] } @days) . ' ' . (@$spans ? spans_text($spans) : 'off') . pick('', ' "季节"');
  }
  my $ordinary = sub {
    my ($day, $weekday) = @_;
    for my $s (@season) { return $s->{spans} if $day >= $s->{from} && $day <= $s->{to} && $s->{days}{$weekday} }
    return $week[$weekday] // [];
  };
  my $on = sub {
    my ($day) = @_;
    for my $w (0 .. 6) { my $s = $ordinary->($day, $w); return $s if @$s }
    return [];
  };
  my @date;
  $at = $d0 - 4;
  for (1 .. int rand 7) {
    my $from = $at + int rand 8;
    my $to = $from + pick(0, 0, 1, 6);
    $at = $to + 1;
    my $say = pick('off', 'off', 'on', 'spans');
    my $spans = $say eq 'spans' ? random_spans() : [];
    next if !spans_ok($spans) || $say eq 'on' && grep { !@{$on->($_)} } $from .. $to;
    push @date, [$from, $to];
    $hours{$_} = $say eq 'on' ? $on->($_) : $spans for $from .. $to;
    push @rules, iso($from) . ($from == $to ? '' : '/' . iso($to)) . ' ' . ($say eq 'spans' ? spans_text($spans) : $say) . pick('', ' "假日"');
  }
  return undef if !grep { $_ && @$_ } @week;
  for my $day ($d0 - $before - 1 .. $d0 + $span_days) { $hours{$day} //= $ordinary->($day, weekday($day)) }
  my @valid;
  if (rand() < 0.2) {
    @valid = ($d0 - 2, $d0 + 10 + int rand 30);
    push @rules, 'valid ' . iso($valid[0]) . '/' . iso($valid[1]);
    # refused: never open within it
    my $night = $hours{$valid[0] - 1};
    return undef if !(@$night && $night->[-1][1] > 1440) && !grep { @{$hours{$_}} } $valid[0] .. $valid[1];
  }
  @rules = sort { rand() <=> 0.5 } @rules;
  return { zone => $zone, d0 => $d0, text => join('; ', $zone, @rules), hours => \%hours, valid => \@valid };
}

# Mark the open minutes: minute number -> day that it belongs to; a minute belongs to the earlier day.
sub mark {
  my ($c) = @_;
  local $ENV{TZ} = $c->{zone};
  POSIX::tzset();
  my ($lo, $hi) = ($c->{d0} - $before, $c->{d0} + $span_days);
  my %open; my (%first, %close);
  my @midnight = map { midnight($_) } $lo .. $hi + 1;
  $c->{midnight} = { map { $lo + $_ => $midnight[$_] } 0 .. $#midnight };
  for my $day ($lo .. $hi) {
    next if $c->{midnight}{$day + 1} <= $c->{midnight}{$day};
    for my $span (@{$c->{hours}{$day}}) {
      my ($from, $to) = map { instant($day * 86400 + $_ * 60) } @$span;
      for (my $m = int($from / 60); $m < $to / 60; $m++) {
        next if exists $open{$m};
        $open{$m} = $day;
        $close{$day} = $m + 1 if !defined $close{$day} || $close{$day} < $m + 1;
      }
    }
  }
  for my $day ($c->{d0} .. $c->{d0} + 40) { $c->{change} = $c->{midnight}{$day} if offset($c->{midnight}{$day}) != offset($c->{midnight}{$day + 1}) }
  @$c{qw(open close lo hi)} = (\%open, \%close, int($midnight[0] / 60), int($midnight[-1] / 60));
}

# The reference answers, in minutes since 1970; undef: beyond what is marked.
sub ref_open_due {
  my ($c, $start, $n) = @_;
  my $used = 0;
  for (my $m = $start; $m < $c->{hi}; $m++) {
    next if !exists $c->{open}{$m};
    return $m if $n == 0;
    return $m + 1 if ++$used == $n;
  }
  return undef;
}
sub ref_days_due {
  my ($c, $start, $n) = @_;
  my $day = local_day($start * 60);
  if ($n == 0) {
    my ($m) = sort { $a <=> $b } grep { $_ >= $start } values %{$c->{close}};
    return $m;
  }
  while ($n > 0) { return undef if ++$day > $c->{d0} + $span_days; $n-- if defined $c->{close}{$day} }
  return $c->{close}{$day};
}
sub ref_natural_due {
  my ($c, $start, $n) = @_;
  my $day = local_day($start * 60);
  while ($n > 0) { return undef if ++$day > $c->{d0} + $span_days; $n-- if $c->{midnight}{$day + 1} > $c->{midnight}{$day} }
  while ($day <= $c->{d0} + $span_days) { return $c->{midnight}{$day + 1} / 60 if defined $c->{close}{$day}; $day++ }
  return undef;
}
# When the days begin that there are: those that the zone left out end when they begin.
sub begins { my ($c) = @_; return map { $c->{midnight}{$_} } grep { $c->{midnight}{$_ + 1} > $c->{midnight}{$_} } $c->{d0} - $before .. $c->{d0} + $span_days }
sub ref_work_time { my ($c, $a, $b) = @_; return scalar grep { exists $c->{open}{$_} } $a .. $b - 1 }

sub stamp { my ($m) = @_; my @t = gmtime($m * 60); return sprintf "%04d-%02d-%02d %02d:%02d:00+00", $t[5] + 1900, $t[4] + 1, @t[3, 2, 1] }
sub quote { my ($v) = @_; $v =~ s/'/''/g; return "'$v'" }

# Ask the reference first, then the database all at once.
my (@sql, @want, @of, @calendar);
for my $number (0 .. $ncalendars - 1) {
  my $c = random_calendar() or redo;
  mark($c);
  push @calendar, $c->{text};
  local $ENV{TZ} = $c->{zone};
  POSIX::tzset();
  my $edge = sub {   # a start: anywhere, or at an opening or closing moment
    my $m = int($c->{midnight}{$c->{d0}} / 60) + int rand 30 * 1440;
    $m = int($c->{change} / 60) - 1500 + int rand 3000 if $c->{change} && rand() < 0.4;
    return $m if rand() < 0.6 || !%{$c->{open}};
    for (0 .. 5000) { return $m if exists $c->{open}{$m} != exists $c->{open}{$m - 1}; $m++ }
    return $m;
  };
  my $cal = quote($c->{text}) . '::grid_gov.work_calendar';
  push @sql, "SELECT ($cal)::text::grid_gov.work_calendar OPERATOR(grid_gov.=) $cal";
  push @want, 'true'; push @of, $number;
  for (1 .. 26) {
    my $start = $edge->();
    my $kind = pick(qw(wm wm wm wd wd d d work_time work_time is_open next_open additive explain paused paused paused_d explain_d));
    my ($expr, $want, $reach);
    if ($kind eq 'wm' || $kind eq 'explain') {
      my $n = pick(0, 1, 30, 60, int rand 300, int rand 3000);
      $n ||= 7 if $kind eq 'explain';
      $reach = $want = ref_open_due($c, $start, $n);
      $expr = "grid_gov.deadline('@{[stamp $start]}', '${n}wm', $cal)";
      if ($kind eq 'explain' && defined $want) {
        $expr = "(SELECT extract(epoch FROM sum(used))::int FROM grid_gov.explain_deadline('@{[stamp $start]}', '${n}wm', $cal))";
        $want = \($n * 60);
      }
    } elsif ($kind eq 'wd' || $kind eq 'd') {
      my $n = pick(0, 1, 1, 2, 3, 5, 10, int rand 20);
      $reach = $want = $kind eq 'wd' ? ref_days_due($c, $start, $n) : ref_natural_due($c, $start, $n);
      $expr = "grid_gov.deadline('@{[stamp $start]}', '$n$kind', $cal)";
    } elsif ($kind eq 'paused') {
      # Open minutes outside the pauses are what is used.
      my $n = 1 + int rand 600;
      my @cut = sort { $a <=> $b } map { $start - 300 + int rand 7 * 1440 } 1 .. 2 * pick(1, 2, 3);
      my %off;
      my @pause;
      while (my ($a, $b) = splice @cut, 0, 2) { next if $a == $b; push @pause, "[@{[stamp $a]},@{[stamp $b]})"; $off{$_} = 1 for $a .. $b - 1 }
      delete local @{$c->{open}}{keys %off};
      $reach = $want = ref_open_due($c, $start, $n);
      $expr = "(grid_gov.project_deadline('@{[stamp $start]}', '${n}wm', $cal, '{" . join(',', @pause) . "}')).due";
    } elsif ($kind eq 'paused_d') {
      # Each day that begins in a pause is one day more.
      my $n0 = int rand 6;
      my $n = $n0;
      my @cut = sort { $a <=> $b } map { $start - 300 + int rand 12 * 1440 } 1 .. 2 * pick(1, 2);
      # pauses that touch are one pause
      for (1 .. $#cut) { $cut[$_] = $cut[$_ - 1] + 1 if $cut[$_] <= $cut[$_ - 1] }
      my @pause;
      $reach = $want = ref_natural_due($c, $start, $n);
      while (defined $want and my ($a, $b) = splice @cut, 0, 2) {
        push @pause, "[@{[stamp $a]},@{[stamp $b]})";
        $a = $start if $a < $start;
        next if $a >= $want || $a >= $b;
        $n += grep { $_ / 60 > $a && $_ / 60 <= $b } begins($c);
        $reach = $want = ref_natural_due($c, $start, $n);
      }
      $expr = "(grid_gov.project_deadline('@{[stamp $start]}', '${n0}d', $cal, '{" . join(',', @pause) . "}')).due";
    } elsif ($kind eq 'explain_d') {
      # The days told are those that there were, and the days used are the limit.
      my $n = int rand 12;
      $reach = $want = ref_natural_due($c, $start, $n);
      if (defined $want) {
        my $begins = grep { $_ / 60 > $start && $_ / 60 < $want } begins($c);
        $want = \($n . ' of ' . ($begins + 1));
      }
      $expr = "(SELECT extract(day FROM sum(used)) || ' of ' || count(*) FROM grid_gov.explain_deadline('@{[stamp $start]}', '${n}d', $cal))";
    } elsif ($kind eq 'next_open') {
      $reach = $want = ref_open_due($c, $start, 0);
      $expr = "grid_gov.next_open('@{[stamp $start]}', $cal)";
    } elsif ($kind eq 'is_open') {
      $reach = $start;
      $want = \(exists $c->{open}{$start} ? 'true' : 'false');
      $expr = "grid_gov.is_open('@{[stamp $start]}', $cal)";
    } else {
      my ($a, $b) = sort { $a <=> $b } $start, $edge->();
      $reach = $b; $start = $a;
      $expr = "extract(epoch FROM grid_gov.work_time('@{[stamp $a]}', '@{[stamp $b]}', $cal))::int";
      $want = \(60 * ref_work_time($c, $a, $b));
      if ($kind eq 'additive') {
        my $mid = stamp($a + int rand($b - $a + 1));
        $mid =~ s/:00\+/sprintf ':%02d.%06d+', rand 60, rand 1e6/e if $b > $a;
        my $x = "timestamptz '$mid'"; $x = "least($x, '@{[stamp $b]}')";
        $expr = "extract(epoch FROM grid_gov.work_time('@{[stamp $a]}', $x, $cal) + grid_gov.work_time($x, '@{[stamp $b]}', $cal))::int";
      }
    }
    next if !defined $want;
    if (@{$c->{valid}}) {
      my ($lo, $hi) = ($c->{midnight}{$c->{valid}[0]} / 60, $c->{midnight}{$c->{valid}[1] + 1} / 60);
      # The night shift of the last day that there is, is inside: zones have left out whole days.
      my $last = $c->{valid}[1];
      $last-- if $c->{midnight}{$last + 1} <= $c->{midnight}{$last};
      my $close = $c->{close}{$last};
      $hi = $close if defined $close && $close > $hi;
      # A moment that is asked about is inside until the last minute has begun; a span of time of no length asks nothing.
      my $is_late = $kind eq 'is_open' ? $reach >= $hi : $reach > $hi;
      $want = \'WG007' if ($start < $lo || $is_late) && !($kind =~ /work_time|additive/ && $start == $reach) && $kind !~ /^paused/;
    }
    push @sql, 'SELECT ' . $expr;
    push @want, ref $want ? $$want : stamp($want);
    push @of, $number;
  }
}

my $node = GridGov::node('clock');
GridGov::extension($node, 'clock');
my $script = "SET timezone = 'UTC';\n" .
  "CREATE FUNCTION pg_temp.ask(q text) RETURNS text LANGUAGE plpgsql AS \$\$ DECLARE r text; BEGIN EXECUTE q INTO r; RETURN r; EXCEPTION WHEN OTHERS THEN RETURN sqlstate; END \$\$;\n" .
  join('', map { 'SELECT pg_temp.ask(' . quote($_) . ");\n" } @sql);
my @got = split /\n/, $node->safe_psql('clock', $script);
my (@asked, @wrong);
for my $i (0 .. $#sql) {
  my $got = $got[$i] // '(nothing)';
  $asked[$of[$i]]++;
  push @{$wrong[$of[$i]]}, "$sql[$i]\n  got      $got\n  expected $want[$i]" if $got ne $want[$i];
}
for my $n (0 .. $#calendar) {
  my ($zone) = split /;/, $calendar[$n];
  ok(!$wrong[$n], sprintf('calendar %d, %s: %d answers', $n + 1, $zone, $asked[$n])) or diag("seed $seed\n" . join("\n", @{$wrong[$n]}[0 .. ($#{$wrong[$n]} < 4 ? $#{$wrong[$n]} : 4)]));
}
$node->stop;
done_testing();
