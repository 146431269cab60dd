package WorkflowModel;

# The workflow as its page (doc/event.md) and its files (sql/ref/states.csv, transitions.csv) tell it, written a second time
# and independently of src/event, so that the two can disagree. It knows no database: legal() says ok or a SQLSTATE,
# apply() takes the step and changes what the model knows of the event, text() writes that down for comparison.
# Times are seconds since 1970; limits of handling are natural time (the tests give each item one), so that the
# handling clock can be worked out here; the calendar is Monday to Friday 08:00-12:00, 14:00-18:00 in Shanghai.
use strict;
use warnings;
use utf8;

our %level = (province => 1, city => 2, county => 3, town => 4, village => 5, grid => 6);
our @level_name = ('', qw(province city county town village grid));
our %digits_level = (2 => 1, 4 => 2, 6 => 3, 9 => 4, 12 => 5, 15 => 6, 17 => 7);
# For whom a post's area must also be at the event's level or above.
my %by_level = map { $_ => 1 } qw(acceptor dispatcher centre_head supervisor caller);
# The kind of task that a step with own_task signs or closes; all others are handling steps.
my %task_kind = (verify_done => 'verify', check_pass => 'check', answer_whistle => 'whistle');
my %returning = map { $_ => 1 } qw(reject_dispatch give_back recall escalate);

# One line of CSV, with quoted fields.
sub fields {
  my ($line) = @_;
  my @f;
  chomp $line;
  push @f, defined $1 ? $1 =~ s/""/"/gr : $2 while $line =~ /\G(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g && (length $& || pos($line) < length $line);
  return @f;
}

# A CSV file as a list of hashes.
sub table {
  my ($file) = @_;
  open my $h, '<:encoding(UTF-8)', $file or die "$file: $!";
  my @names = fields(scalar <$h>);
  my @rows;
  while (my $line = <$h>) { my %r; @r{@names} = map { $_ // '' } (fields($line))[0 .. $#names]; push @rows, \%r }
  return @rows;
}

# new(root => FOLDER, limit => {item => seconds}, root_code => '3716')
sub new {
  my ($class, %o) = @_;
  my $m = bless { limit => $o{limit}, root_level => $digits_level{length $o{root_code}}, event => {}, admission => {}, actor => {} }, $class;
  my $ref = "$o{root}/sql/ref";
  for my $s (table("$ref/states.csv")) { $m->{state}{$s->{state}} = { map { $_ => $s->{$_} eq 'yes' } qw(open paused terminal) }; push @{$m->{states}}, $s->{state} }
  for my $i (table("$ref/catalogue.csv")) { $m->{item}{$i->{code}} = $i }
  my @open = grep { $m->{state}{$_}{open} } @{$m->{states}};
  for my $r (table("$ref/transitions.csv")) {
    my @roles = split /\|/, $r->{roles};
    my @rel = split /\|/, $r->{relation};
    @rel = ($rel[0]) x @roles if @rel == 1;
    my %t = (id => $r->{id}, action => $r->{action}, to => $r->{to_state}, note => $r->{needs_note} eq 'yes', args => $r->{needs_args},
      who => [map { [$roles[$_], $rel[$_]] } 0 .. $#roles], guards => [split /\|/, $r->{guards}], effects => [split /\|/, $r->{effects}]);
    for my $from ($r->{from_states} eq '(open)' ? @open : split /\|/, $r->{from_states}) {
      die "two steps $r->{action} from $from" if $m->{step}{$from}{$r->{action}};
      $m->{step}{$from}{$r->{action}} = \%t;
    }
    $m->{actions}{$r->{action}} = 1;
  }
  return $m;
}

# How many single steps there are.
sub steps { my ($m) = @_; my $n = 0; $n += keys %$_ for values %{$m->{step}}; return $n }

sub add_actor { my ($m, $login, $id, @posts) = @_; $m->{actor}{$login} = { login => $login, id => $id, posts => \@posts }; return }
sub add_citizen { my ($m, $key) = @_; $m->{actor}{"reporter:$key"} = { login => "reporter:$key", key => $key, posts => [] }; return }

# The actor's posts of a role at a time.
sub posts { my ($a, $role, $at) = @_; return grep { $_->{role} eq $role && $at >= ($_->{from} // 0) && $at < ($_->{to} // 9e15) } @{$a->{posts}} }

# A proxy is believed for citizens and for staff who hold or held some post in its area.
sub known { my ($a) = @_; return defined $a->{key} || @{$a->{posts}} }

# The lead handling task: the open one or, where none is open, the last one.
sub lead {
  my ($e) = @_;
  my @h = grep { $_->{kind} eq 'handle' } @{$e->{tasks}};
  my ($open) = grep { !$_->{outcome} } @h;
  return $open // $h[-1];
}

sub request { my ($e, $kind) = @_; my ($r) = grep { $_->{kind} eq $kind && !$_->{outcome} } @{$e->{requests}}; return $r }
# The handling deadline: the share of the limit and one limit for each extension, then the pauses in their order; one that
# begins when all is used up adds nothing. A pause that still runs may be named.
sub due {
  my ($e, @running) = @_;
  my $h = $e->{clock} or return;
  my $unit = $h->{limit} % 3600 ? 60 : 3600;
  my $due = $h->{start} + int(($h->{limit} * $h->{share} / 100 + $unit - 1) / $unit) * $unit + $h->{extensions} * $h->{limit};
  for my $p (@{$h->{pauses}}, @running) { last if $p->[0] >= $due; $due += $p->[1] - $p->[0] }
  return $due;
}
sub start_clock { my ($e, $at, $share, $unit) = @_; $e->{clock} = { run => 'running', start => $at, limit => $e->{limit}, share => $share, extensions => 0, pauses => [], unit => $unit }; return }

# The open tasks of a kind that are the actor's own in this role.
sub own_tasks {
  my ($e, $a, $role, $kind, $at) = @_;
  return () if !defined $a->{id};
  return grep { my $t = $_; $t->{kind} eq $kind && !$t->{outcome}
    && (defined $t->{person} ? $t->{person} == $a->{id} : defined $t->{unit} && grep { ($_->{unit} // '') eq $t->{unit} } posts($a, $role, $at)) } @{$e->{tasks}};
}

# Does this role of the actor stand in this relation to the event?
sub related {
  my ($m, $e, $a, $action, $role, $relation, $at) = @_;
  return 0 if $role eq 'system';
  if ($relation eq 'own') {
    return defined $a->{key} ? ($e->{key} // '') eq $a->{key} : defined $e->{reporter} && $e->{reporter} == $a->{id};
  }
  my @posts = posts($a, $role, $at);
  return 0 if !@posts;
  return 1 if $relation eq 'any';
  if ($relation eq 'area') {
    return scalar grep { index($e->{area}, $_->{area}) == 0 && (!$by_level{$role} || $digits_level{length $_->{area}} <= $level{$e->{level}}) } @posts;
  }
  if ($relation eq 'co_unit') {
    return scalar grep { my $u = $_->{unit} // ''; grep { $_->{kind} eq 'co_handle' && !$_->{outcome} && $_->{unit} eq $u } @{$e->{tasks}} } @posts;
  }
  if ($relation eq 'own_task' && $task_kind{$action}) { return own_tasks($e, $a, $role, $task_kind{$action}, $at) ? 1 : 0 }
  my $lead = lead($e) or return 0;
  if ($relation eq 'own_task' && defined $lead->{person}) { return $lead->{person} == $a->{id} ? 1 : 0 }
  return defined $lead->{unit} && scalar grep { ($_->{unit} // '') eq $lead->{unit} } @posts;
}

# The first role and relation by which the actor may take this step; none: not entitled.
sub entitled {
  my ($m, $e, $a, $t, $at) = @_;
  for my $w (@{$t->{who}}) { return @$w if $m->related($e, $a, $t->{action}, @$w, $at) }
  return;
}

# The calendar, in days since 1970 of Shanghai's wall time.
sub day { return int(($_[0] + 28800) / 86400) }
sub working { return ($_[0] + 3) % 7 < 5 }
sub within {
  my ($limit, $since) = @_;
  my ($n, $kind) = $limit =~ /^(\d+)(wd|d)$/ or die "within $limit";
  my $d = day($since);
  if ($kind eq 'wd') {
    while ($n > 0) { $d++; $n-- if working($d) }
    return $d * 86400 + 18 * 3600 - 28800;
  }
  $d += $n;
  $d++ while !working($d);
  return ($d + 1) * 86400 - 28800;
}

# Open seconds after an instant: when n seconds of working time have passed.
sub open_due {
  my ($since, $n) = @_;
  for (my $d = day($since); ; $d++) {
    next if !working($d);
    for my $span ([8, 12], [14, 18]) {
      my ($o, $c) = map { $d * 86400 - 28800 + $_ * 3600 } @$span;
      $o = $since if $o < $since;
      next if $o >= $c;
      return $o + $n if $o + $n <= $c;
      $n -= $c - $o;
    }
  }
}

# Open seconds between two instants.
sub open_time {
  my ($since, $until) = @_;
  my $sum = 0;
  for my $d (day($since) .. day($until)) {
    next if !working($d);
    for my $span ([8, 12], [14, 18]) {
      my ($o, $c) = map { $d * 86400 - 28800 + $_ * 3600 } @$span;
      $o = $since if $o < $since;
      $c = $until if $c > $until;
      $sum += $c - $o if $c > $o;
    }
  }
  return $sum;
}
# Closing times between two instants.
sub closings { my ($since, $until) = @_; return scalar grep { my $c = $_ * 86400 + 18 * 3600 - 28800; working($_) && $c > $since && $c <= $until } day($since) .. day($until) }

# Stage limits: kind (m: seconds, wh: open seconds, wd: working days) and amount, for ordinary and for urgent events.
my %stage = (verifying => [['wh', 7200], ['wh', 7200]], pending_accept => [['m', 1800], ['m', 300]], pending_dispatch => [['wh', 7200], ['m', 600]], returned => [['wh', 7200], ['m', 600]],
  dispatched => [['wd', 1], ['wd', 1]], checking => [['wh', 7200], ['wh', 7200]], pending_close => [['wd', 1], ['wd', 1]]);
sub count_on { my ($kind, $start, $n) = @_; return $kind eq 'm' ? $start + $n : $kind eq 'wh' ? open_due($start, $n) : within("${n}wd", $start) }
sub stage_due {
  my ($e) = @_;
  my $s = $e->{stage} or return '-';
  my ($kind, $n) = @$s{qw(kind n)};
  my $due = count_on($kind, $s->{start}, $n);
  for my $p (@{$s->{pauses}}) {
    last if $p->[0] >= $due;
    $n += $kind eq 'm' ? $p->[1] - $p->[0] : $kind eq 'wh' ? open_time(@$p) : closings(@$p);
    $due = count_on($kind, $s->{start}, $n);
  }
  return $due;
}

sub present { my ($v) = @_; return defined $v && (ref $v eq 'ARRAY' ? scalar @$v : length $v) }

# Are the arguments that the step needs there?
sub args_given {
  my ($t, $args) = @_;
  return 1 if $t->{args} eq '';
  for my $all (split /\|/, $t->{args}) { return 0 if !grep { present($args->{$_}) } split m{/}, $all }
  return 1;
}

# One guard: true or false; $args undef: judge without arguments.
sub guard {
  my ($m, $e, $a, $guard, $args, $at) = @_;
  my ($g, $x, $n) = split /:/, $guard, 3;
  my $r = defined $x && $g =~ /^(?:requested|endorsed)$/ ? request($e, $x) : undef;
  return !$e->{urgent} if $g eq 'not_urgent';
  return $e->{urgent} if $g eq 'urgent';
  return scalar grep { $_ eq $e->{by} } split /,/, $x if $g eq 'came_by';
  return !$e->{clock} || $e->{clock}{run} ne 'running' || $at <= due($e) if $g eq 'not_overdue';
  return scalar grep { $_->{kind} eq 'handle' && $_->{breach} } @{$e->{tasks}} if $g eq 'was_overdue';
  return scalar(grep { $_->{kind} eq 'appeal' } @{$e->{requests}}) < $n if $g eq 'max' && $x eq 'appeal';
  return ($e->{count}{$x} // 0) < $n if $g eq 'max';
  return $at - ($e->{away} // 0) <= within($x, $e->{at}) if $g eq 'within';
  return !$args || $args->{until} <= within($x, $at) if $g eq 'until_within';
  return defined $r if $g eq 'requested';
  return $r && $r->{endorsed} if $g eq 'endorsed';
  return !$e->{designated} if $g eq 'not_designated';
  return $e->{source} ne $x if $g eq 'not_source';
  return $level{$e->{level}} > $m->{root_level} if $g eq 'not_top_level';
  return !(defined $e->{item} && $m->{item}{$e->{item}}{department_duty}) if $g eq 'not_department_duty';
  return defined $e->{item} && $m->{item}{$e->{item}}{low_risk} if $g eq 'low_risk';
  return ($e->{satisfaction} // '') eq '不满意' if $g eq 'unsatisfied';
  if ($g eq 'admitted') {
    return 1 if !$args || !defined $args->{person};
    my ($p) = grep { ($_->{id} // 0) == $args->{person} } values %{$m->{actor}};
    return 1 if !$p || !posts($p, 'grid_worker', $at);
    my @lists = grep { index($e->{area}, $_) == 0 } keys %{$m->{admission}};
    return !@lists || scalar grep { $m->{admission}{$_}{$e->{item} // ''} } @lists;
  }
  if ($g =~ /^(?:master_open|no_cycle|master_closed)$/) {
    return 1 if !$args && $g ne 'master_closed';
    my $master = $m->{event}{$g eq 'master_closed' ? $e->{master} // 0 : $args->{master_id}} or return 0;
    return $m->{state}{$master->{state}}{open} if $g eq 'master_open';
    return $master->{state} =~ /^(?:closed|evaluated|forced_closed)$/ if $g eq 'master_closed';
    for (my $up = $master; $up; $up = $up->{master} ? $m->{event}{$up->{master}} : undef) { return 0 if $up->{id} == $e->{id} }
    return 1;
  }
  die "guard $guard";
}

# May this actor take this step with this note and these arguments at this time? 'ok' or a SQLSTATE.
# $given false: judged without note and arguments (allowed_actions).
sub legal {
  my ($m, $e, $a, $action, $note, $args, $at, $given) = @_;
  return 'WG002' if !known($a);
  my $t = $m->{step}{$e->{state}}{$action} or return 'WG001';
  my ($role) = $m->entitled($e, $a, $t, $at);
  return 'WG002' if !$role;
  if ($given) {
    return 'WG003' if $t->{note} && !present($note);
    return 'WG003' if !args_given($t, $args);
  }
  for my $g (@{$t->{guards}}) {
    if ($g eq 'not_requester') {
      my ($named) = map { /^(?:requested|endorsed):(.*)/ ? $1 : () } @{$t->{guards}};
      my $r = request($e, $named);
      return 'WG004' if $r && $r->{by} == $a->{id};
      next;
    }
    return $g eq 'admitted' ? 'WG009' : 'WG004' if !$m->guard($e, $a, $g, $given ? $args : undef, $at);
  }
  for my $f (@{$t->{effects}}) {
    return 'WG004' if $f =~ /^open_request:(.*)/ && request($e, $1);
    return 'WG004' if $f eq 'level_down' && $level{$e->{level}} >= 6;   # nothing below
  }
  return 'ok';
}

# Where the step leads.
sub target { my ($e, $t) = @_; return $t->{to} eq '(same)' ? $e->{state} : $t->{to} eq '(before)' ? $e->{before}{state} : $t->{to} }

# SET state: ok or WG003 when exactly one step from here to there is open to the actor, else WG001; also the action.
sub legal_state {
  my ($m, $e, $a, $to, $note, $args, $at) = @_;
  return 'WG002' if !known($a);
  my @open = grep { target($e, $m->{step}{$e->{state}}{$_}) eq $to && $m->legal($e, $a, $_, $note, $args, $at, 0) eq 'ok' } sort keys %{$m->{step}{$e->{state}}};
  return ('WG001') if @open != 1;
  return ($m->legal($e, $a, $open[0], $note, $args, $at, 1), $open[0]);
}

# ---- what a step does

sub report {
  my ($m, $id, $a, %o) = @_;
  my $e = $m->{event}{$id} = { id => $id, source => $o{source}, area => $o{area}, item => $o{item}, urgent => $o{urgent} ? 1 : 0, level => $m->{item}{$o{item}}{first_level},
    limit => $m->{limit}{$o{item}}, state => 'reported', by => 'report', at => $o{at}, last_at => $o{at}, reporter => $a->{id}, key => $a->{key}, tasks => [], requests => [], count => {}, seq => 1 };
  return $e;
}

sub pause { my ($e, $at) = @_; my $h = $e->{clock}; if ($h && $h->{run} eq 'running') { @$h{qw(run since)} = ('paused', $at) } return }
sub resume {
  my ($e, $at) = @_;
  my $h = $e->{clock};
  if ($h && $h->{run} ne 'running') { push @{$h->{pauses}}, [$h->{since}, $at]; $h->{run} = 'running'; $h->{limit} = $e->{limit} }
  return;
}
# Judge the open lead task against the deadline in force; a running pause is closed first.
sub judge {
  my ($e, $at, $lead) = @_;
  my $h = $e->{clock} or return;
  my $due = due($e, $h->{run} eq 'paused' ? [$h->{since}, $at] : ());
  $lead->{breach} = $at > $due ? 1 : 0 if $lead && !$lead->{outcome};
  return;
}
sub stop {
  my ($e, $at, $lead) = @_;
  my $h = $e->{clock} or return;
  return if $h->{run} eq 'stopped';
  judge($e, $at, $lead);
  # a running pause is closed where it began
  @$h{qw(run since)} = ('stopped', $h->{run} eq 'paused' ? $h->{since} : $at);
  return;
}
sub open_task {
  my ($e, $kind, $unit, $person, $round, $due) = @_;
  # rounds are counted for the same unit and person
  if (!defined $round) {
    $round = 1;
    for (grep { $_->{kind} eq $kind && $_->{unit} eq $unit && ($_->{person} // 0) == ($person // 0) } @{$e->{tasks}}) { $round = $_->{round} + 1 if $_->{round} >= $round }
  }
  push @{$e->{tasks}}, { kind => $kind, unit => $unit, person => $person, round => $round, due => $due };
  return;
}

# Take a legal step. system: role 'system'. Returns the steps that it causes on other events: [event, action, forced].
sub apply {
  my ($m, $e, $a, $action, $note, $args, $at) = @_;
  my $t = $m->{step}{$e->{state}}{$action} or die "no $action from $e->{state}";
  my ($role, $relation) = $a ? $m->entitled($e, $a, $t, $at) : ('system', 'any');
  my $from = $e->{state};
  my $to = target($e, $t);
  my $lead = lead($e);
  my ($named) = map { /^(?:requested|endorsed):(.*)/ ? $1 : () } @{$t->{guards}};
  my $named_request = $named ? request($e, $named) : undef;
  my @later;
  my @close;
  $e->{seq}++;
  for my $effect (@{$t->{effects}}) {
    my ($f, $x, $y) = split /:/, $effect;
    if ($f eq 'set_limits') {
      if ($action =~ /accept/) { $e->{item} = $args->{item} }
      $e->{limit} = $m->{limit}{$e->{item}};
      my $h = $e->{clock};
      if ($h && $h->{run} ne 'stopped') { $h->{limit} = $e->{limit} }
    }
    elsif ($f eq 'open_task') { push @later, $x }
    elsif ($f eq 'sign_task') { $lead->{signed} = 1 if $lead && !$lead->{outcome} }
    elsif ($f eq 'close_task') { push @close, $x }
    elsif ($f eq 'reopen_task') { open_task($e, $x, @$lead{qw(unit person)}, $lead->{round} + 1) if $lead }
    elsif ($f eq 'pause_clock') { judge($e, $at, $lead) if $returning{$action}; pause($e, $at) }
    elsif ($f eq 'stop_clock' || $f eq 'stop_clocks') { stop($e, $at, $lead) }
    elsif ($f eq 'resume_clock') { resume($e, $at) }
    elsif ($f eq 'start_clock') {
      start_clock($e, $at, $y =~ s/%//r, $lead ? $lead->{unit} : undef);
    }
    elsif ($f eq 'restart_or_resume_clock') {
      if ($e->{clock} && ($e->{clock}{unit} // '') eq $args->{unit}) { resume($e, $at) }
      else { start_clock($e, $at, 100, $args->{unit}) }
    }
    elsif ($f eq 'extend_clock') { $e->{clock}{extensions}++ }
    elsif ($f eq 'pause_clocks') { $e->{held} = $e->{clock} && $e->{clock}{run} eq 'running'; pause($e, $at) }
    elsif ($f eq 'resume_clocks') { resume($e, $at) if $e->{held}; $e->{held} = 0 }
    elsif ($f eq 'remember_state') { push @{$e->{stack}}, $e->{before} if $e->{before}; $e->{before} = { state => $from, by => $e->{by}, at => $e->{at}, away => $e->{away} // 0, left => $at } }
    elsif ($f eq 'count') { $e->{count}{$x}++ }
    elsif ($f eq 'mark') { $e->{mark}{$x} = 1 }
    elsif ($f eq 'open_request') { push @{$e->{requests}}, { kind => $x, by => $a->{id}, endorsed => $role eq 'unit_head' ? $a->{id} : undef, until => $args->{until} } }
    elsif ($f eq 'endorse_request') { $named_request->{endorsed} //= $a->{id} }
    elsif ($f eq 'close_request') { $named_request->{decided} = $a->{id}; $named_request->{outcome} = $action =~ /^reject/ ? 'rejected' : 'approved'; $e->{until} = $named_request->{until} if $action eq 'approve_suspend' }
    elsif ($f eq 'void_requests') { $_->{outcome} ||= 'void' for grep { $_->{kind} =~ /^(?:suspend|extend)$/ } @{$e->{requests}} }
    elsif ($f eq 'link_master') { $e->{master} = $args->{master_id} }
    elsif ($f eq 'unlink_master') { $e->{master} = undef }
    elsif ($f eq 'level_up') { $e->{level} = $level_name[$level{$e->{level}} - 1]; $e->{count}{escalation}++ }
    elsif ($f eq 'level_down') { $e->{level} = $level_name[$level{$e->{level}} + 1] if $level{$e->{level}} < 6 }
    elsif ($f eq 'reroute') { $e->{area} = $args->{grid} }
    elsif ($f eq 'relabel') { $e->{item} = $args->{item} }
    elsif ($f eq 'designate_if_same_unit') { $e->{redesignate} = $e->{by} ne 'recall' && ($e->{returned_unit} // '') eq $args->{unit} }
    elsif ($f eq 'exempt_overdue') { $e->{exempt} = 1 }
    else { die "effect $effect" }
  }
  if ($action =~ /^(?:re)?dispatch$/) { $e->{designated} = $args->{designated} || $e->{redesignate} || $e->{designated} && $lead && $lead->{unit} eq $args->{unit} ? 1 : 0; $e->{redesignate} = 0 }
  $e->{designated} = 0 if $action eq 'recall' || $action eq 'escalate' && $from eq 'handling';
  $e->{returned_unit} = $lead->{unit} if $action =~ /^(?:reject_dispatch|give_back)$/;
  $e->{satisfaction} = $args->{satisfaction} if $action eq 'evaluate';
  for my $kind (@close) {
    my @own = $relation eq 'area' ? grep { $_->{kind} eq $kind && !$_->{outcome} } @{$e->{tasks}}
      : $kind eq 'handle' ? grep { !$_->{outcome} } $lead // ()
      : $relation eq 'co_unit' ? grep { my $x = $_; $x->{kind} eq 'co_handle' && !$x->{outcome} && grep { ($_->{unit} // '') eq $x->{unit} } posts($a, $role, $at) } @{$e->{tasks}}
      : $relation eq 'own' ? grep { $_->{kind} eq $kind && !$_->{outcome} } @{$e->{tasks}}   # the reporter's evaluation is the callback
      : own_tasks($e, $a, $role, $kind, $at);
    $_->{outcome} = $action for @own;
    if ($kind eq 'handle' && $returning{$action}) { $_->{outcome} ||= $action for grep { $_->{kind} eq 'co_handle' } @{$e->{tasks}} }
  }
  if ($to ne $from) {
    if (!$m->{state}{$to}{open} && $to ne 'merged') {
      $_->{outcome} ||= 'ended' for @{$e->{tasks}};
      $_->{outcome} ||= 'void' for @{$e->{requests}};
    }
    if ($action eq 'reopen') { $_->{outcome} ||= 'void' for grep { $_->{kind} eq 'appeal' } @{$e->{requests}} }
    if ($t->{to} eq '(before)') {
      my $b = $e->{before};
      @$e{qw(by at away)} = ($b->{by}, $b->{at}, $b->{away} + $at - $b->{left});
      push @{$e->{stage}{pauses}}, [$b->{left}, $at] if $e->{stage};
      $e->{before} = pop @{$e->{stack} // []};
    } else {
      @$e{qw(by at away)} = ($action, $at, 0);
    }
    if ($t->{to} ne '(before)' && $to !~ /^(?:suspended|merged)$/) {
      my $limit = $stage{$to} && $stage{$to}[$e->{urgent}];
      $e->{stage} = $limit ? { kind => $limit->[0], n => $limit->[1], start => $at, pauses => [] } : undef;
    }
    $e->{state} = $to;
    $e->{mark}{forced} = 1 if $to eq 'forced_closed';
  }
  for my $kind (@later) {
    if ($kind eq 'whistle') { open_task($e, 'whistle', $_, undef, 1, $e->{urgent} ? $at + 1800 : open_due($at, 4 * 3600)) for @{$args->{units}} }
    elsif ($kind eq 'co_handle') { open_task($e, 'co_handle', $_, undef, 1) for @{$args->{co_units} // []} }
    elsif ($kind eq 'handle') { open_task($e, 'handle', $args->{unit}, $args->{person}, undef) }
    elsif ($kind eq 'callback') { open_task($e, 'callback', undef, undef, 1, within('3wd', $at)) }
    else { open_task($e, $kind, undef, $args->{person}, undef) }
  }
  $e->{last_at} = $at;
  push @{$e->{log}}, join '|', $e->{id}, $e->{seq}, $action, $from, $to, !$a ? 'system' : defined $a->{key} ? 'reporter' : "staff:$a->{id}", $role, $at;
  return if $to eq $from;
  return $m->on_slaves($e, $at);
}

# What entering a state means for the events merged into this one, in order of id.
sub on_slaves {
  my ($m, $e, $at) = @_;
  my @changed;
  for my $s (sort { $a->{id} <=> $b->{id} } grep { ($_->{master} // 0) == $e->{id} && $_->{state} eq 'merged' } values %{$m->{event}}) {
    my $then = $at > $s->{last_at} ? $at : $s->{last_at};
    if ($e->{state} =~ /^(?:closed|forced_closed)$/) {
      $m->apply($s, undef, 'close_with_master', undef, {}, $then);
      $s->{mark}{forced} = 1 if $e->{state} eq 'forced_closed' || $e->{mark}{forced};
    }
    elsif ($e->{state} =~ /^(?:cancelled|not_accepted)$/) { $m->apply($s, undef, 'unmerge', 'x', {}, $then) }
    elsif ($e->{state} eq 'merged') { $s->{master} = $e->{master}; $s->{seq}++; $s->{last_at} = $then }
    else { next }
    push @changed, $s;
  }
  return @changed;
}

# The automatic steps that are due at a time, as sweep takes them. Returns the events that moved.
sub sweep {
  my ($m, $now) = @_;
  my @moved;
  for my $e (sort { $a->{id} <=> $b->{id} } values %{$m->{event}}) {
    my ($action, $due) = $e->{state} eq 'reported' && $e->{source} ne 'grid' ? ('submit', $e->{at})
      : $e->{state} eq 'rework' ? ('restart', open_due($e->{at}, 4 * 3600))
      : $e->{state} eq 'suspended' ? ('resume', $e->{until}) : next;
    next if $due > $now;
    push @moved, $e, $m->apply($e, undef, $action, undef, {}, $due > $e->{last_at} ? $due : $e->{last_at});
  }
  return @moved;
}

# What is compared with the database: the same text is made there by SQL.
sub text {
  my ($e) = @_;
  my $s = sub { $_[0] // '' };
  my $c = sub { $e->{count}{$_[0]} // 0 };
  my $f = sub { $e->{mark}{$_[0]} ? 't' : 'f' };
  my $h = $e->{clock};
  my $due = !$h || $h->{run} ne 'running' ? '-' : due($e);
  return join '|', @$e{qw(state by)}, ($e->{state} =~ /^(?:suspended|merged)$/ ? $e->{before}{state} : ""), $e->{level}, $e->{area}, $s->($e->{item}),
    (map { $c->($_) } qw(extend suspend return rework reopen urge escalation)), ($e->{count}{self_handled} ? 't' : 'f'), $f->('false_report'), $f->('forced'),
    ($e->{mark}{supervised} ? 't' : 'f'), ($e->{designated} ? 't' : 'f'), ($e->{exempt} ? 't' : 'f'), $s->($e->{master}), $s->($e->{satisfaction}), $e->{seq},
    $due, ($e->{state} =~ /^(?:suspended|merged)$/ ? '-' : stage_due($e)), join(' ', sort map { join ':', $_->{kind}, $s->($_->{unit}), $s->($_->{person}), $_->{kind} eq 'handle' ? $_->{round} : '', $_->{signed} ? 's' : '',
      $_->{outcome} ? $_->{outcome} : 'open', $_->{kind} eq 'handle' && defined $_->{breach} ? ($_->{breach} ? 'late' : 'ontime') : '', $s->($_->{due}) } @{$e->{tasks}}),
    join(' ', map { join ':', $_->{kind}, $_->{by}, $s->($_->{endorsed}), $_->{outcome} // 'open', $s->($_->{decided}) } @{$e->{requests}});
}

1;
