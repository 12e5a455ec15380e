### percpu style experiment
mkdir -p cg; n=50
for ((i = 0; i < n; i++)); do mkdir cg/c$i; done
kept=0
for ((i = 0; i < n; i++)); do
  if (( i % 10 == 0 )); then ((kept++)); else rmdir cg/c$i; fi
done
echo "kept $kept of $n: $(ls cg | wc -l)"
### parse key value report
cat > report <<'E'
MemTotal:       16000 kB
Percpu:          4810 kB
Slab:            2048 kB
E
get() { awk -v k="$1:" '$1 == k {print $2}' report; }
before=$(get Percpu); sed 's/4810/1539/' report > r2; after=$(awk '/^Percpu/ {print $2}' r2)
echo "before $before after $after saved $((before - after)) kB ($(( (before-after)*100/before ))%)"
### sampling loop with background writer
( for i in 1 2 3; do echo $i > val; sleep 0.2; done ) &
writer=$!
sleep 0.1; for k in 1 2 3; do read v < val; echo "sample $k: $v"; sleep 0.2; done
wait $writer
### option parser
parse() {
  local verbose=0 count=1 name=
  while (( $# )); do
    case $1 in
      -v|--verbose) verbose=1 ;;
      -n) count=$2; shift ;;
      --name=*) name=${1#*=} ;;
      --) shift; break ;;
      -*) echo "unknown $1" >&2; return 2 ;;
      *) break ;;
    esac
    shift
  done
  echo "v=$verbose n=$count name=$name rest=$*"
}
parse -v -n 3 --name=foo a b; parse -- -x; parse --bad; echo $?
### log function with levels
declare -A LEVELS=([debug]=0 [info]=1 [warn]=2)
log() { local l=$1; shift; (( ${LEVELS[$l]} >= ${LEVELS[${LEVEL:-info}]} )) && printf '[%-5s] %s\n' "$l" "$*"; return 0; }
log debug hidden; log info shown now; LEVEL=debug log debug visible; LEVEL=warn; log info no; log warn yes
### die and cleanup
die() { echo "error: $*" >&2; exit 1; }
trap 'rc=$?; echo "cleanup rc=$rc"' EXIT
[ -d /nonexistent ] || die "no such dir"
echo never
### csv sum with read arrays
printf 'a,1,2\nb,3,4\n' > csv; while IFS=, read -r name x y; do echo "$name: $((x+y))"; done < csv; IFS=, read -ra cells < csv; echo ${#cells[@]}
### matrix in flat array
rows=3 cols=3; declare -a m; for ((r=0;r<rows;r++)); do for ((c=0;c<cols;c++)); do m[r*cols+c]=$((r*c)); done; done; for ((r=0;r<rows;r++)); do echo "${m[@]:r*cols:cols}"; done
### bubble sort
a=(5 3 8 1); n=${#a[@]}; for ((i=0;i<n;i++)); do for ((j=0;j<n-i-1;j++)); do if ((a[j]>a[j+1])); then t=${a[j]}; a[j]=${a[j+1]}; a[j+1]=$t; fi; done; done; echo ${a[@]}
### primes
for ((i=2;i<30;i++)); do for ((j=2;j*j<=i;j++)); do ((i%j==0)) && continue 2; done; echo -n "$i "; done; echo
### string reverse and palindromes
rev() { local s=$1 r= i; for ((i=${#s}-1;i>=0;i--)); do r+=${s:i:1}; done; echo $r; }; rev hello; for w in level house; do [ $w = $(rev $w) ] && echo $w; done
### hex dump digits
for n in 0 9 10 255 4096; do printf '%d=%x=%o ' $n $n $n; done; echo; for c in A a; do printf '%d ' "'$c"; done; echo; printf '\x41\102\n'
### queue with fifo descriptor
mkfifo jobsq; exec 4<>jobsq; for i in 1 2 3; do echo job$i >&4; done; for i in 1 2 3; do read -u 4 j; echo got $j; done; exec 4>&-
### semaphore workers
mkfifo sem; exec 9<>sem; for i in 1 2; do echo >&9; done; for i in 1 2 3 4; do read -u 9; { sleep 0.1; echo >&9; } & done; wait; echo finished
### watch until condition
( sleep 0.3; echo ready > state ) & tries=0; until [ "$(cat state 2>/dev/null)" = ready ]; do ((tries++)); sleep 0.1; done; wait; [ $tries -ge 2 ] && echo polled
### self test table
t() { local want=$1; shift; local got; got=$("$@"); [ "$got" = "$want" ] && echo ok || echo "FAIL $* got $got"; }; add() { echo $(($1+$2)); }; t 3 add 1 2; t 5 add 2 2; t "a b" echo a b
### ini sections
printf '[a]\nx=1\n[b]\nx=2\ny=3\n' > ini; declare -A c; while IFS='=' read -r k v; do if [[ $k =~ ^\[(.*)\]$ ]]; then s=${BASH_REMATCH[1]}; else c[$s.$k]=$v; fi; done < ini; for k in a.x b.x b.y; do echo $k=${c[$k]}; done
### generated script
cat > gen.sh <<'E'
#!/bin/bash
total=0
for x in "$@"; do total=$((total + x)); done
echo "total $total from $0"
exit $((total > 10))
E
bash gen.sh 1 2 3; echo $?; bash gen.sh 5 6; echo $?; source ./gen.sh 100 > sourced_out; echo not reached
### while with multiple conditions
i=0; ok=1; while [ $i -lt 10 ] && [ $ok = 1 ]; do i=$((i+1)); [ $i = 4 ] && ok=0; done; echo $i $ok; until [ $i -le 0 ] || ! true; do ((i--)); done; echo $i
### output buffering order
echo 1; (echo 2); echo $(echo 3); { echo 4; } | cat; echo 5 >&2 2>&1; eval 'echo 6'; bash -c 'echo 7'
