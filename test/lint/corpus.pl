#!/usr/bin/env perl
# Is the reference corpus fit to train on? Checks sql/ref/corpus.tsv (label, item, style, text) and lexicon.tsv:
# form, labels, items, duplicates, near duplicates (3-gram Jaccard >= 0.6 after masking digits and names), label
# conflicts, and, where ../shared/text/eval_dev.tsv is present, texts closer than 0.5 to one of the measuring texts.
# usage: test/lint/corpus.pl                       check; prints each problem, exit 1 if any
#        test/lint/corpus.pl --clean FILE...       merge files, leave out what has a problem, print the rest
# Only core Perl.
use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));

my $top = __FILE__;
$top =~ s{[^/]*$}{};
$top .= '../..';
my %label = map { $_ => 1 } qw(城市管理 社会治安 环境保护 民生服务 公共安全 矛盾纠纷);
my %letter = (C => '城市管理', Z => '社会治安', H => '环境保护', M => '民生服务', A => '公共安全', J => '矛盾纠纷');
my %style = map { $_ => 1 } qw(note hotline letter police talk);
my $clean = @ARGV && $ARGV[0] eq '--clean' ? shift : 0;
my @files = @ARGV ? @ARGV : ("$top/sql/ref/corpus.tsv");
my $problems = 0;

sub problem { $problems++; print { $clean ? *STDERR : *STDOUT } @_, "\n"; return }
sub lines { my ($f) = @_; open my $h, '<:encoding(UTF-8)', $f or die "$f: $!\n"; my @l = <$h>; chomp @l; return @l }

# What is compared: no blanks and punctuation, digits, Latin letters and names masked.
sub mask {
  my ($t) = @_;
  $t = lc $t;
  $t =~ s/[0-9０-９]+/0/g;
  $t =~ s/[a-zａ-ｚ]+/a/g;
  $t =~ s/\p{Han}(?:某某?|先生|女士|师傅|阿姨|大爷|大妈|老师)/N/g;
  $t =~ s/[^\p{Han}0aN]//g;
  return $t;
}
my (%gram_id, @gram_count);
sub grams {
  my ($t) = @_;
  my %g;
  $g{ $gram_id{ substr $t, $_, 3 } //= scalar keys %gram_id } = 1 for 0 .. length($t) - 3;
  $g{ $gram_id{$t} //= scalar keys %gram_id } = 1 if length $t < 3;
  return [keys %g];
}

# Pairs of sets with Jaccard >= limit: only the rarest grams of a set are indexed. known: probe these sets without adding them.
sub near {
  my ($limit, $sets, $probes, $found) = @_;
  my %index;
  my $prefix = sub { my ($s) = @_; my @r = sort { $gram_count[$a] <=> $gram_count[$b] || $a <=> $b } @$s; return @r[0 .. @r - int($limit * @r + 0.999999)] };
  my @query = $probes ? @$probes : @$sets;
  if ($probes) { for my $i (0 .. $#$sets) { push @{ $index{$_} }, $i for $prefix->($sets->[$i]) } }
  for my $q (0 .. $#query) {
    my @p = $prefix->($query[$q]);
    my (%seen, %in);
    @in{ @{ $query[$q] } } = ();
    for my $i (grep { !$seen{$_}++ } map { @{ $index{$_} // [] } } @p) {
      my ($m, $n) = (scalar @{ $sets->[$i] }, scalar @{ $query[$q] });
      next if ($m < $n ? $m / $n : $n / $m) < $limit;
      my $both = grep { exists $in{$_} } @{ $sets->[$i] };
      my $j = $both / ($m + $n - $both);
      $found->($i, $q, $j) if $j >= $limit;
    }
    push @{ $index{$_} }, $q for $probes ? () : @p;
  }
  return;
}

my (@row, %exact);
my %item;
if (open my $h, '<:encoding(UTF-8)', (glob "$top/sql/ref/*catalogue*.csv")[0] // '') {
  /^"?(\d{4})"?,/ and $item{$1} = 1 while <$h>;
}
for my $file (@files) {
  my $no = 0;
  for my $line (lines($file)) {
    $no++;
    next if $line eq '' || $line =~ /^#/;
    my ($l, $i, $s, $t, @more) = split /\t/, $line, -1;
    $t =~ tr/"//d if $clean && defined $t;
    $l = $letter{$l} if $clean && $letter{$l};
    my $why =
        !defined $t || @more ? 'not four fields'
      : !$label{$l}          ? "label $l"
      : $i !~ /^0[1-6]\d\d$/ || (%item && !$item{$i}) ? "item $i"
      : !$style{$s}          ? "style $s"
      : $t =~ /["\x{FFFD}]/  ? 'a quote or a broken character'
      : length $t < 8 || length $t > 600 ? 'length ' . length $t
      : '';
    if ($why) { problem("$file:$no: $why: $line"); next }
    my $m = mask($t);
    if (defined $exact{$m}) { problem("$file:$no: same as line " . $row[$exact{$m}]{no} . ($row[$exact{$m}]{label} eq $l ? '' : ', other label') . ": $t"); next }
    $exact{$m} = @row;
    push @row, { file => $file, no => $no, label => $l, item => $i, style => $s, text => $t, mask => $m };
  }
}
my $shared = $ENV{GRID_GOV_SHARED} // "$top/../shared";
my @dev = -r "$shared/text/eval_dev.tsv" ? lines("$shared/text/eval_dev.tsv") : ();
shift @dev;
my @set = map { grams($_->{mask}) } @row;
my @devset = map { grams(mask((split /\t/)[1])) } @dev;
for my $s (@set, @devset) { $gram_count[$_]++ for @$s }
near(0.6, \@set, undef, sub {
  my ($i, $q, $j) = @_;
  return if $row[$i]{bad} || $row[$q]{bad};
  $row[$q]{bad} = 1;
  problem(sprintf '%s:%d: %.2f like line %d%s: %s', $row[$q]{file}, $row[$q]{no}, $j, $row[$i]{no}, $row[$i]{label} eq $row[$q]{label} ? '' : ', other label', $row[$q]{text});
});
near(0.5, \@set, \@devset, sub {
  my ($i, $q, $j) = @_;
  problem(sprintf '%s:%d: %.2f like a measuring text: %s', $row[$i]{file}, $row[$i]{no}, $j, $row[$i]{text}) unless $row[$i]{bad}++;
});
@row = grep { !$_->{bad} } @row;
if ($clean) {
  print join("\t", @$_{qw(label item style text)}), "\n" for sort { $a->{item} cmp $b->{item} || $a->{label} cmp $b->{label} || $a->{style} cmp $b->{style} || $a->{text} cmp $b->{text} } @row;
} else {
  my %seen;
  my $no = 0;
  for (lines("$top/sql/ref/lexicon.tsv")) {
    $no++;
    next if $_ eq '' || /^#/;
    my ($w, $c, $v, $note, @more) = split /\t/, $_, -1;
    my $why = !defined $note || @more ? 'not four fields' : !$label{$c} ? "category $c" : $v !~ /^-?\d+(\.\d+)?$/ ? "weight $v" : $w eq '' || length $w > 16 ? "word $w" : $seen{"$w\t$c"}++ ? 'twice' : '';
    problem("lexicon.tsv:$no: $why: $_") if $why;
  }
  my (%n, %per);
  $n{ $_->{label} }++, $per{ $_->{item} }++ for @row;
  my @thin = grep { ($per{$_} // 0) < 20 } sort keys %item;
  print "corpus: ", scalar @row, " reports (", join(', ', map { "$_ $n{$_}" } sort keys %n), "), ", scalar keys %per, " items",
    (@thin ? ', fewer than 20 reports for ' . join(' ', @thin) : ''), '; lexicon: ', scalar keys %seen, " rows\n";
  print "corpus: the measuring texts are not here, closeness to them was not checked\n" unless @dev;
  print $problems ? "corpus: $problems problems\n" : "ok     corpus\n";
  exit($problems ? 1 : 0);
}
