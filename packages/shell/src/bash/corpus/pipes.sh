### status of pipelines
true | false; echo $?; false | true; echo $?; set -o pipefail; false | true; echo $?; (exit 3) | (exit 4) | true; echo $?; true | true; echo $?
### pipestatus
(exit 1) | (exit 2) | (exit 3); echo ${PIPESTATUS[@]}; true; echo ${PIPESTATUS[@]}; false | true; echo "${PIPESTATUS[0]} ${PIPESTATUS[1]}"
### variables in pipeline
x=1; echo 2 | read x; echo $x; echo 3 | { read x; echo in $x; }; echo out $x; shopt -s lastpipe; echo 4 | read x; echo $x
### multi stage
printf '3\n1\n2\n' | sort | head -n 2 | tr '\n' ' '; echo; seq 1 5 | while read n; do echo $((n*n)); done | tail -n 1
### broken pipe
yes | head -n 2; echo ${PIPESTATUS[@]}; while echo loop; do :; done | head -n 1; echo "${PIPESTATUS[0]}"
### negated
! false | true; echo $?; ! true | false; echo $?
### pipeline of groups
{ echo a; echo b; } | (read x; read y; echo $y$x); (echo s) | { cat; echo t; }
### stdin consumption
printf 'a\nb\nc\n' | { read first; echo "first=$first"; cat; }
### pipe into nothing
echo ignored | :; echo $?; : | cat; echo $?
### big data through pipe
for i in {1..3000}; do echo "line number $i of the long output"; done | wc -l; x=$(for i in {1..2000}; do echo -n 0123456789; done); echo ${#x}
### process substitution
cat <(echo one) <(echo two); wc -l < <(printf '1\n2\n3\n'); while read a; do echo "ps $a"; done < <(echo x; echo y); echo data | tee >(cat >copy) >/dev/null; sleep 0.1; cat copy
### substitution exit and pipes
x=$(echo a | tr a b); echo $x; y=$(false | true; echo $?); echo $y
### nested substitution in pipeline
echo "$(echo "$(printf 'a\nb' | tail -n 1)" | cat)"
### errors in pipeline stages
nosuchcmd 2>/dev/null | cat; echo ${PIPESTATUS[0]}
### group exit in pipeline
{ exit 3; } | cat; echo ${PIPESTATUS[0]} still here; echo x | { exit 4; }; echo $?
### fifo
mkfifo p; { echo through fifo > p; } & read x < p; echo $x; wait; (for i in 1 2 3; do echo $i; done > p) & while read l; do echo "got $l"; done < p; wait
### fifo both ways
mkfifo q; exec 7<>q; echo first >&7; echo second >&7; read a <&7; read b <&7; echo $a $b; exec 7>&-
### two writers one pipe
{ echo a & wait; echo b; } | cat
### time keyword
TIMEFORMAT=; time echo timed; time { :; }; ! time false; echo $?
### pipe ampersand
f() { echo o; echo e >&2; }; f |& sort
### read from empty
: | read x; echo $?; x=$(:); echo "[$x]"
### long chain
echo 1 | cat | cat | cat | cat | { read x; echo $((x+1)); }
