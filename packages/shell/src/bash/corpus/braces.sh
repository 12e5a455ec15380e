### lists
echo {a,b,c} x{1,2}y {a,b}{1,2} {a,{b,c}} a{,b} {a} {} {a,} {,}
### sequences
echo {1..5} {5..1} {1..10..3} {a..e} {e..a} {a..k..3} {01..10} {-3..3} {1..3}{a..b} {001..3} {10..1..4}
### not expanded
echo {1..} {a..1} "{a,b}" '{a,b}' \{a,b} {a\,b} $x{a,b} {a b} a{b c}d
### with quotes and variables
v=V; echo {$v,"q r",'s t'} {1..$v} ${v}{1,2} {"a,b",c} {$(echo x),y}
### in assignments
a={1,2}; echo $a; b=x{1,2}; echo $b; arr=({1,2}x); echo ${#arr[@]}
### nested deep
echo {a,b{1,2{x,y}}} {{1..3},z} pre{x,{y,z}w}post
### words and globs
echo /usr/{bin,lib}/x {a,b}.{c,d} --opt={1,2}
### large
set -- {1..1000}; echo $# $1 ${1000}; echo {1..20} | wc -w
### step signs and zero
echo {1..5..-2} {5..1..2} {1..5..0} {a..c..2}
### in case and test
case {a,b} in "{a,b}") echo literal;; esac; [[ {a,b} == "{a,b}" ]] && echo same
### special characters
echo {a,b}\ c {=,+,-} {.,..} {@,#} a{1..2}"x y"
### unbalanced
echo {a,b {a,b}} }{ {a,b},c {a..c
