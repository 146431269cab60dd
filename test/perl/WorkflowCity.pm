package WorkflowCity;

# The small city for tests of the workflow against its model (WorkflowModel.pm): a database and a model with the same people,
# limits and calendar; lists of steps written by perl, taken by one psql session through the proxy, and read back.
use strict;
use warnings;
use PostgreSQL::Test::Utils;
use GridGov;
use WorkflowModel;

# Items: their limits in seconds. Level and marks come from the catalogue.
our %limit = ('0101' => 48 * 3600, '0102' => 30 * 3600, '0104' => 5 * 3600);
our (%of_kind);

# A number as the literal of an instant, to the second.
sub instant { my @t = gmtime $_[0]; return sprintf '%04d-%02d-%02dT%02d:%02d:%02dZ', $t[5] + 1900, $t[4] + 1, @t[3, 2, 1, 0] }

# JSON of plain arguments: numbers, texts, lists of texts, instants.
sub json {
  my ($args) = @_;
  my $q = sub { my ($v) = @_; return 'null' if !defined $v; $v =~ s/(["\\])/\\$1/g; return qq("$v") };
  return '{' . join(', ', map { my $v = $args->{$_}; $q->($_) . ': ' . (ref $v ? '[' . join(', ', map { $q->($_) } @$v) . ']' : $_ eq 'at' || $_ eq 'until' ? $q->(instant($v)) : $q->($v)) } sort keys %$args) . '}';
}

# make(NODE, DATABASE): set up the city; returns the model and a list to which steps are added.
sub make {
  my ($node, $database) = @_;
  GridGov::city($node, $database);
  my @catalogue = WorkflowModel::table('sql/ref/catalogue.csv');
  my $kind = sub { my ($level, $urgent, $duty) = @_; my ($i) = grep { $_->{first_level} eq $level && $_->{urgent} == $urgent && $_->{department_duty} == $duty } @catalogue; return $i->{code} };
  %of_kind = (low => '0101', plain => '0102', odd => '0104', duty => $kind->('county', 0, 1), urgent => $kind->('town', 1, 0), urgent_grid => $kind->('grid', 1, 0));
  @limit{@of_kind{qw(duty urgent urgent_grid)}} = (96 * 3600, 2 * 3600, 3600);
  my $m = WorkflowModel->new(root => '.', root_code => '3716', limit => \%limit);
  my $sql = "\\set QUIET 1\n\\i test/perl/workflow_city.sql\nSET ROLE gov_owner;\n";
  for my $area ('371602', '371621') {
    for my $item (sort keys %limit) {
      $sql .= sprintf "INSERT INTO gov.handling_limit (area, source, item, allow) SELECT '%s', s, '%s', '%dh' FROM unnest('{NULL,12345,citizen,grid}'::text[]) s;\n", $area, $item, $limit{$item} / 3600;
    }
  }
  $node->safe_psql($database, $sql);
  my $posts = $node->safe_psql($database, q(SELECT s.login, s.id, p.role, p.area, p.unit, CASE WHEN isfinite(p.valid_to) THEN extract(epoch FROM p.valid_to)::bigint END
    FROM gov.staff s LEFT JOIN gov.post p ON p.staff_id = s.id ORDER BY s.id, p.id));
  my (%id, %posts);
  for my $line (split /\n/, $posts) {
    my ($login, $id, $role, $area, $unit, $to) = split /\|/, $line, -1;
    $id{$login} = $id;
    $posts{$login} //= [];
    push @{$posts{$login}}, { role => $role, area => $area, unit => length $unit ? $unit : undef, to => length $to ? $to : undef } if length $role;
  }
  $m->add_actor($_, $id{$_}, @{$posts{$_}}) for keys %id;
  $m->add_citizen($_) for qw(K1 K2);
  return $m;
}

# Run lists of attempts: [part, way, actor, event, what, note, args]; how: 'try' (undone) or 'take'. Returns [got, seen] of each.
sub run {
  my ($node, $database, $how, $list) = @_;
  my $file = "$PostgreSQL::Test::Utils::tmp_check/attempts.$database.sql";
  my $out = "$file.out";
  open my $h, '>:encoding(UTF-8)', $file or die "$file: $!";
  my $field = sub { my ($v) = @_; return '\N' if !defined $v; $v =~ s/\\/\\\\/g; return $v };
  print $h "\\set ON_ERROR_STOP 1\nSET client_min_messages = warning;\nTRUNCATE m.attempt;\nCOPY m.attempt (id, part, way, actor, event, what, note, args) FROM stdin;\n";
  my $n = 0;
  my %part;
  for my $a (@$list) {
    my ($part, $way, $actor, $event, $what, $note, $args) = @$a;
    $part{$part} = 1;
    print $h join("\t", map { $field->($_) } $n++, $part, $way, $actor, $event, $what, $note, $args ? json($args) : undef), "\n";
  }
  print $h "\\.\nANALYZE m.attempt;\nSET SESSION AUTHORIZATION bridge;\n";
  print $h "SELECT m.$how($_);\n" for sort { $a <=> $b } keys %part;
  print $h "RESET SESSION AUTHORIZATION;\n\\o $out\nSELECT got, seen FROM m.attempt ORDER BY id;\n";
  close $h;
  $node->command_ok(['psql', '-X', '-q', '-A', '-t', '-F', "\t", '-d', $node->connstr($database), '-f', $file], "the database answers $n attempts ($how)");
  open my $r, '<:encoding(UTF-8)', $out or die "$out: $!";
  my @answers = map { chomp; [split /\t/, $_, -1] } <$r>;
  return \@answers;
}

1;
