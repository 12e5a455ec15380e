### basics
a=(one "two words" three); echo ${a[0]} "${a[1]}" ${#a[@]} "${a[@]}"; a[5]=six; echo ${#a[@]} "${!a[@]}"; unset 'a[1]'; echo "${!a[@]}" ; a+=(seven); echo ${!a[@]}
### subscript assignment
a=([3]=c [1]=a b); echo "${!a[@]}" "${a[@]}"; a=(x [5]=y z); echo ${!a[@]}
### negative subscripts
a=(1 2 3); echo ${a[-1]} ${a[-2]}; a[-1]=9; echo ${a[@]}; unset 'a[-1]'; echo ${a[@]}; echo ${a[-9]}; echo $?
### quoting of lists
a=("x y" "" z); for w in "${a[@]}"; do echo "<$w>"; done; for w in ${a[@]}; do echo "($w)"; done; for w in "${a[*]}"; do echo "[$w]"; done; IFS=-; echo "${a[*]}"
### append and copy
a=(1 2); b=("${a[@]}" 3); b+=(4 5); echo ${b[@]}; a[0]+=x; echo ${a[@]}; s=q; s+=(r); echo ${s[@]} ${s[0]}
### scalar as array
s=hello; echo ${s[0]} ${s[@]} ${#s[@]} "[${s[1]}]"; s[1]=x; echo ${s[@]}
### associative
declare -A m; m[a]=1; m["b c"]=2; m[$(echo d)]=3; echo ${m[a]} "${m[b c]}" ${m[d]} ${#m[@]}; unset 'm[a]'; echo ${#m[@]}; [[ -v m[d] ]] && echo has; [[ -v m[zz] ]] || echo hasnt
### associative order
declare -A m=([one]=1 [two]=2 [three]=3 [four]=4 [five]=5 [six]=6 [seven]=7 [eight]=8 [nine]=9 [ten]=10); echo "${!m[@]}"; echo "${m[@]}"; for k in "${!m[@]}"; do echo -n "$k=${m[$k]} "; done; echo
### associative many keys
declare -A m; for i in {1..50}; do m[key$i]=$i; done; echo ${!m[@]}; echo ${m[@]}
### associative append and loop
declare -A c; for w in a b a c a b; do ((c[$w]++)); done; for k in a b c; do echo $k ${c[$k]}; done; c[a]+=x; echo ${c[a]}; c+=([z]=26); echo ${#c[@]}
### pairs form
declare -A p=(k1 v1 k2 v2); echo ${p[k1]} ${p[k2]}
### operations on all
a=(foo.c bar.c baz.h); echo ${a[@]%.c} ${a[@]#b} ${a[@]/a/A} ${a[@]^} "${a[@]/%.c/.o}"
### indices in arithmetic
a=(1 2 3); i=0; a[i++]=9; echo $i ${a[0]}; a[1+1]=7; echo ${a[@]}; ((a[1]+=5)); echo ${a[1]}
### unset whole
a=(1 2); unset a; echo ${#a[@]} "${a[@]}"; a[2]=x; echo ${!a[@]}
### brace and glob elements
mkdir d; cd d; : >x1; : >x2; a=({1..3} x* y*); echo "${a[@]}" ${#a[@]}
### command substitution elements
a=($(echo p q; echo r)); echo ${#a[@]} ${a[2]}; a=("$(echo p q)"); echo ${#a[@]}
### declare -a and local arrays
f() { local -a l=(1 2); local -A h=([x]=y); l+=(3); echo ${#l[@]} ${h[x]}; }; f; echo ${#l[@]} ${#h[@]}
### array to function
f() { local -n arr=$1; echo "${#arr[@]}: ${arr[*]}"; arr[0]=changed; }; z=(p q); f z; echo ${z[0]}
### sparse length and last
a=(); a[100]=x; echo ${#a[@]} ${a[-1]} ${a[@]:0}; a=(a b c d); unset 'a[2]'; echo "${a[@]:2:1}"
### printing
a=(1 'b c' "it's"); declare -p a; declare -A e=(); declare -p e; declare -a n; declare -p n; b=([2]=x); declare -p b
### empty arrays in quotes
a=(); set -- "${a[@]}"; echo $#; set -- "${a[*]}"; echo $#; set -- x"${a[@]}"y; echo $# $1
### element default
a=(1); echo ${a[5]-none} ${a[5]:-none} ${a[0]+set}; echo "${a[@]:+nonempty}" "${b[@]:-empty}"
### FUNCNAME and friends
f() { echo "${FUNCNAME[0]} ${FUNCNAME[1]} ${#FUNCNAME[@]}"; }; g() { f; }; g; f
### subshell does not change arrays
a=(1 2 3); (a[0]=x; a+=(4); echo ${a[@]}); echo ${a[@]}; echo q | { a[1]=y; echo ${a[@]}; }; echo ${a[@]}
### readonly array
declare -ra r=(1 2); r[0]=5; echo "st $? ${r[0]}"
