### simple failure ends
set -e
echo before
false
echo never
### conditions are safe
set -e; if false; then :; fi; false || true; ! true; while false; do :; done; false && true; echo survived
### and-or last fails
set -e; true && false; echo never
### function in condition
set -e; f() { false; echo in f; }; if f; then echo cond; fi; f || echo no; f; echo never
### subshell failure
set -e; (false; echo never); echo never2
### subshell in condition
set -e; (false; echo inner) || echo outer; echo end
### substitution failure
set -e; x=$(false); echo never
### substitution in argument
set -e; echo "$(false)"; x="$(false)y" || true; local y 2>/dev/null || true; echo ok
### errexit inside substitution
set -e; x=$(false; echo continued); echo $x; shopt -s inherit_errexit; y=$(false; echo no) || true; echo "[$y]"
### pipeline
set -e; false | true; echo ok; set -o pipefail; false | true; echo never
### negated pipeline
set -e; ! true; echo a; ! false; echo b
### arithmetic command
set -e; ((1)); echo a; ((0)); echo never
### let zero
set -e; let x=1; echo a; let x=0; echo never
### test fails
set -e; [[ a == a ]]; echo a; [[ a == b ]]; echo never
### for loop body
set -e; for i in 1 2; do echo $i; false; done; echo never
### loop with guarded failure
set -e; for i in 1 2; do false && true; done; echo ok; f() { false && true; }; f; echo never
### turning off
set -e; set +e; false; echo ok; set -e; case a in a) false;; esac; echo never
### exit status of script
set -e; (exit 42)
### trap ERR
trap 'echo "err $? line $LINENO"' ERR; false; true; (exit 3); if false; then :; fi; false || true; echo end
### trap ERR in function
trap 'echo err' ERR; f() { false; true; }; f; set -E; f; echo end
### trap EXIT with errexit
trap 'echo exit $?' EXIT; set -e; false; echo never
### nounset
set -u; echo ${x:-default}; echo $x; echo never
### nounset in subshell
set -u; (echo $undefinedvar; echo no); echo "st $?"
### background failures do not matter
set -e; false & wait || echo waited; echo ok
### command not found
set -e; nosuchcommandhere; echo never
### brace group
set -e; { false; } || echo guarded; { echo x; false; echo never; }
### while condition pipeline
set -e; while echo q | false; do :; done; until true; do :; done; echo ok
### redirect failure
set -e; echo x > /nonexistent/f; echo never
### xtrace goes to stderr
set -x; x=1; echo $x "a b"; set +x; echo done
### noexec
set -n; echo never
### dash options
set -eu; case $- in *e*u*|*u*e*) echo both;; esac; echo $- | grep -q e && echo e; set +eu; case $- in *e*) echo no;; *) echo off;; esac
### negated groups
(set -e; ! { false; echo grp; }; echo after); (set -e; ! ( false; echo sub ); echo after); (! { set -e; false; echo n1; }; echo n2); echo $?; set +e; ! { set -e; :; }; false; echo alive
### ERR trap inside negation
trap "echo T" ERR; ! { false; } && echo x; ! { (exit 3); false | true; }; ! ( false; true ); set -E; f() { false; true; }; ! f; ! (false;true); if { false; }; then :; fi; ! [[ a == b ]]; ! ((0)); ! { ((0)); }
