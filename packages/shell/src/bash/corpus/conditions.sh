### string tests
[[ abc == abc ]] && echo 1; [[ abc == a* ]] && echo 2; [[ abc == "a*" ]] || echo 3; [[ abc != x* ]] && echo 4; [[ -z "" ]] && echo 5; [[ -n x ]] && echo 6; [[ a < b ]] && echo 7; [[ x ]] && echo 8; [[ "" ]] || echo 9
### pattern variable
p='a*'; [[ abc == $p ]] && echo y; [[ abc == "$p" ]] || echo n; [[ 'a*' == "$p" ]] && echo lit
### regex
[[ foo123bar =~ ([a-z]+)([0-9]+) ]] && echo "${BASH_REMATCH[0]} ${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"; [[ abc =~ ^b ]] || echo no; re='^[[:alpha:]]+$'; [[ abc =~ $re ]] && echo alpha; [[ "a b" =~ a\ b ]] && echo space; [[ a.c =~ a\.c ]] && [[ ! abc =~ a\.c ]] && echo dot; [[ 'a+b' =~ "a+b" ]] && echo quoted
### regex captures optional
[[ ac =~ a(b)?c ]]; echo "${#BASH_REMATCH[@]} [${BASH_REMATCH[1]}]"; [[ x =~ y ]]; echo $? ${#BASH_REMATCH[@]}; [[ 2024-01-15 =~ ^([0-9]{4})-([0-9]{2})-([0-9]{2})$ ]] && echo ${BASH_REMATCH[3]}
### numeric tests
x=5; [[ $x -eq 5 ]] && echo eq; [[ x -gt 4 ]] && echo var; [[ 2+3 -eq x ]] && echo expr; [[ 10 -lt 9 ]] || echo lt; [[ 10 < 9 ]] && echo lexical
### logic
[[ a == a && b == c || d == d ]] && echo 1; [[ ! a == b ]] && echo 2; [[ ( a == b || c == c ) && d == d ]] && echo 3; [[ ! ( a == a ) ]] || echo 4
### files
: > f; mkdir d; echo x > g; [[ -f f ]] && echo f; [[ -d d ]] && echo d; [[ -e nope ]] || echo ne; [[ -s f ]] || echo empty; [[ -s g ]] && echo full; [[ -r f && -w f ]] && echo rw; [[ -x d ]] && echo x; [[ -f d ]] || echo notf; [ -f f -a -d d ] && echo both; [[ f -ef f ]] && echo same
### single bracket
[ a = a ] && echo 1; [ a != b ] && echo 2; [ 3 -gt 2 ] && echo 3; [ -n "" ] || echo 4; [ "" ] || echo 5; [ x ] && echo 6; [ ! x ] || echo 7; test 1 -eq 1 && echo 8; [ a = b -o c = c ] && echo 9; [ \( a = a \) ] && echo 10
### bracket errors
[ a -eq 1 ]; echo $?; [ 1 -eq ]; echo $?; [ a b ]; echo $?; [ a = b; echo $?; [ a b c d e ]; echo $?
### set variable test
x=1; unset y; [[ -v x ]] && echo x; [[ -v y ]] || echo y; e=; [[ -v e ]] && echo e; [ -v x ] && echo bx; a=(1); [[ -v a[0] ]] && echo a0; [[ -v a[1] ]] || echo a1; set -e; [[ -o errexit ]] && echo opt
### if elif else
f() { if [ $1 -lt 0 ]; then echo neg; elif [ $1 -eq 0 ]; then echo zero; else echo pos; fi; }; f -5; f 0; f 5; if false; then echo; fi; echo $?
### case
for x in a b1 c.txt "" "d e" '*'; do case $x in a) echo A;; b[0-9]) echo B;; *.txt|*.md) echo T;; "") echo empty;; 'd e') echo space;; \*) echo star;; *) echo other;; esac; done
### case fall through
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac; case a in a) echo 1;;& ?) echo q;;& b) echo no;; *) echo end;; esac; case x in y) ;; esac; echo $?
### case classes and ranges
for x in 5 q Q _ "[" é; do case $x in [0-9]) echo digit;; [[:upper:]]) echo upper;; [a-z]) echo lower;; [!a-z]) echo notlower;; *) echo multi;; esac; done
### nocasematch
shopt -s nocasematch; [[ ABC == abc ]] && echo y; case FOO in foo) echo c;; esac; [[ ABC =~ b ]] && echo r; shopt -u nocasematch; [[ ABC == abc ]] || echo n
### extglob in conditions
[[ foobar == foo@(bar|baz) ]] && echo 1; [[ foo == !(bar) ]] && echo 2; [[ aab == +(a)b ]] && echo 3; [[ b == *(a)b ]] && echo 4; [[ ab == ?(a)b ]] && echo 5; shopt -s extglob
case file.tar in *.@(tar|zip)) echo 6;; esac; [[ abc == !(a*|b*) ]] || echo 7
### and or chains
true && echo a || echo b; false && echo a || echo b; true || echo x && echo y; false || false || echo z; ! true || echo n; ! false && echo m
### negation status
! true; echo $?; ! false; echo $?; ! (exit 5); echo $?
### arithmetic error in test
[[ 1/0 -eq 1 ]]; echo $?; [[ a -eq 0 ]] && echo unset is 0
