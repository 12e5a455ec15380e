### cgroup style loop
mkdir root; for i in {1..20}; do mkdir root/cg$i; echo $i > root/cg$i/procs; done; n=0; for d in root/*; do n=$((n + $(cat $d/procs))); done; echo $n; for i in {1..20}; do rm root/cg$i/procs; rmdir root/cg$i; done; rmdir root; [ -d root ] || echo gone
### parsing a table
while read -r name value unit; do case $name in MemFree:) free=$value;; Percpu:) per=$value;; esac; done <<'T'
MemTotal:  100 kB
MemFree:    40 kB
Percpu:     12 kB
T
echo $free $per $((free-per))
### counters with associative arrays
declare -A count; for w in the cat the dog a cat the; do count[$w]=$(( ${count[$w]:-0} + 1 )); done; for k in the cat dog a; do printf '%-4s %d\n' $k ${count[$k]}; done
### heredoc to function
show() { while IFS='=' read -r k v; do echo "$k -> $v"; done; }; show <<E
a=1
b=x=y
E
### menu of options
usage() { echo "usage: $0 [-n N] cmd" >&2; exit 2; }; (usage) 2>&1; echo $?
### string building
s=; for i in 1 2 3; do s+="${s:+,}$i"; done; echo $s; IFS=, read -ra p <<< "$s"; echo ${#p[@]} ${p[2]}
### retry loop
n=0; until ((n>=3)) || [ $n = x ]; do ((n++)); done; echo $n; try() { ((++tries>2)); }; until try; do :; done; echo $tries
### locking with mkdir
lock() { mkdir lockdir 2>/dev/null; }; lock && echo locked; lock || echo busy; rmdir lockdir; lock && echo again
### cleanup with trap
t=tmpf; trap 'rm -f $t; echo cleaned' EXIT; echo x > $t; cat $t
### parallel workers
work() { local i=$1; sleep 0.0$((5-i)); echo "w$i"; }; for i in 1 2 3; do work $i & done; wait; echo all
### job pool
max=2; running=0; for i in 1 2 3 4; do (sleep 0.05) & ((++running >= max)) && { wait -n; ((running--)); }; done; wait; echo $running
### arrays of commands
cmds=("echo one" "echo two words"); for c in "${cmds[@]}"; do $c; done; run=(printf '%s\n' "a b"); "${run[@]}"
### dispatch table
declare -A tbl=([add]=do_add [mul]=do_mul); do_add() { echo $(($1+$2)); }; do_mul() { echo $(($1*$2)); }; for op in add mul; do ${tbl[$op]} 3 4; done
### percentages with printf
a=1 b=3; printf '%d.%02d\n' $((a*100/b)) $((a*10000/b%100)); printf '%3d%%\n' 7
### reading two files
printf '1\n2\n' > f1; printf 'a\nb\n' > f2; while read -u 3 x && read -u 4 y; do echo $x$y; done 3<f1 4<f2
### write then read same loop
for i in 1 2 3; do echo $i; done > seqf; mapfile -t l < seqf; echo ${l[@]} ${#l[@]}; tac() { local i; for ((i=${#l[@]}-1;i>=0;i--)); do echo ${l[i]}; done; }; tac
### multi line pipelines
echo "b a c" |
  tr ' ' '\n' |
  sort |
  while read x; do
    echo -n "$x;"
  done
echo
### conditionals over lines
[ 1 = 1 ] &&
  echo yes ||
  echo no
if [ 1 = 2 ] ||
   [ 2 = 2 ]; then echo cont; fi
### complex quoting to child
bash -c "echo \"\$1\" '\$2' $((1+1))" _ 'a  b' c
### nested case and if
for x in 1 a ''; do if [[ -n $x ]]; then case $x in [0-9]) echo num;; *) if [ "$x" = a ]; then echo isa; fi;; esac; else echo empty; fi; done
### date arithmetic style
h=01 m=09; echo $((10#$h*60+10#$m)); printf '%02d:%02d\n' $((70/60)) $((70%60))
### sum of column
printf 'a 1\nb 2\nc 3\n' > tbl; s=0; while read _ n; do ((s+=n)); done < tbl; echo $s; awk '{s+=$2} END {print s}' tbl; cut -d' ' -f2 tbl | paste -sd+ 2>/dev/null | head -n1
### comparison of outputs
a=$(printf 'x\ny'); b=$'x\ny'; [ "$a" = "$b" ] && echo equal; [[ $a == *y ]] && echo ends
### function returning arrays
mk() { local -n out=$1; out=(); for ((i=0;i<$2;i++)); do out+=("e$i"); done; }; mk list 3; echo ${list[*]}
### stack
stack=(); push() { stack+=("$1"); }; pop() { top=${stack[-1]}; unset 'stack[-1]'; }; push a; push b; pop; echo $top ${#stack[@]}
### xtrace nested
set -x; for i in 1 2; do [ $i = 1 ]; done; x=$(echo hi); f() { local q=1; }; f; [[ $x == h* ]]; ((i++)); case $x in hi) :;; esac
### dollar dash and options
set -o errexit; echo ${SHELLOPTS:-none} >/dev/null; set +o errexit; echo ok
### time output hidden
{ time sleep 0.01; } 2>&1 | grep -c real
