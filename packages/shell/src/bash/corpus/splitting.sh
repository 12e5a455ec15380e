### default ifs
x="  a   b	c
d "; set -- $x; echo $# "$1|$2|$3|$4"
### custom ifs
IFS=:; x="a:b::c:"; set -- $x; echo $#; for w; do echo "<$w>"; done
### ifs mixed
IFS=' :'; x="a : b:c  d: :e"; for w in $x; do echo "<$w>"; done
### leading separators
IFS=,; x=",a,,b,"; for w in $x; do echo "<$w>"; done
### empty ifs
IFS=; x="a b c"; set -- $x; echo $#
### splitting joins neighbours
x="a b"; set -- p$x"q r"$x; for w; do echo "<$w>"; done
### assignment does not split
x="a   b"; y=$x; echo "$y"; z=$(echo "c   d"); echo "$z"
### read splits
echo "a b  c d" | { read x y z; echo "$x|$y|$z"; }
echo "  lead  trail  " | { read x; echo "[$x]"; }
echo "a:b:c" | { IFS=: read x y; echo "$x|$y"; }
echo "a:b:" | { IFS=: read x y; echo "$x|$y"; }
echo "a::b" | { IFS=: read x y z; echo "$x|$y|$z"; }
echo "a b c:" | { IFS=: read x; echo "$x"; }
### read array and reply
echo "one two three" | { read -a arr; echo ${#arr[@]} ${arr[2]}; }
echo "  keep me  " | { read; echo "[$REPLY]"; }
### read raw and escapes
printf 'a\\tb\\\nc\n' | { read -r x; echo "$x"; }
printf 'a\\ b c\\\nd\n' | { read x y; echo "$x|$y"; }
### read delimiter and counts
printf 'a,b,c' | { read -d , x; echo $x $?; read -d , y; read -d , z; echo "$y $z $?"; }
echo abcdef | { read -n 3 x; echo $x; read -N 2 y; echo $y; }
### read status at end of file
printf 'no newline' | { read x; echo "$? $x"; read y; echo "$? [$y]"; }
### while read loop
printf '1 a\n2 b\n3 c\n' | while read n l; do echo "$l$n"; done
n=0; while read -r line; do n=$((n+1)); done < <(printf 'x\ny\n'); echo $n
### read from descriptor
exec 3< <(printf 'l1\nl2\n'); read -u 3 a; read b <&3; echo $a $b; exec 3<&-
### here string
read a b <<< "hello big world"; echo "$a|$b"; cat <<< "x  y"
### mapfile
printf 'a\nb\nc\n' | { mapfile -t m; echo ${#m[@]} ${m[1]}; }
mapfile m < <(printf 'a\nb'); printf '<%s>' "${m[@]}"; echo
mapfile -t -n 2 -s 1 m < <(printf '1\n2\n3\n4\n'); echo ${m[@]}
mapfile -t -O 2 -d , q < <(printf 'x,y'); echo ${!q[@]} ${q[@]}
### read into element
declare -A h; read h[key] <<< val; echo ${h[key]}; read -r a[3] <<< el; echo ${!a[@]} ${a[3]}
### ifs whitespace in quotes kept
x="a b"; for w in "$x" $x; do echo "<$w>"; done
### split then glob
mkdir d; cd d; : > 'f1'; : > f2; x='f* z'; echo $x "$x"; set -f; echo $x
