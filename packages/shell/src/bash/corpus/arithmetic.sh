### operators
echo $((7/2)) $((-7/2)) $((7%3)) $((-7%3)) $((2**10)) $((1<<4)) $((256>>2)) $((-1>>1)) $((5&3)) $((5|3)) $((5^3)) $((~5)) $((!0)) $((!5))
### comparison and logic
echo $((3>2)) $((3<2)) $((3>=3)) $((3<=2)) $((3==3)) $((3!=3)) $((1&&0)) $((1||0)) $((5?6:7)) $((0?6:7))
### precedence
echo $((2+3*4)) $(((2+3)*4)) $((2**3**2)) $((-2**2)) $((1+2<<3)) $((1|2^3&4)) $((10-4-3)) $((1,2,3)) $((- -5)) $((!-1))
### assignment
x=5; echo $((x+=3)) $((x-=1)) $((x*=2)) $((x/=3)) $((x%=3)) $((x<<=3)) $((x|=1)) $((x^=3)) $((y=z=4)) $x $y $z
### increment
i=5; echo $((i++)) $i $((++i)) $i $((i--)) $((--i)) $((i++ + ++i)) $i
### bases
echo $((0x1F)) $((010)) $((2#1011)) $((16#ff)) $((36#z)) $((64#_)) $((8#17))
### overflow wraps
echo $((9223372036854775807+1)) $((9223372036854775807*2)) $((-9223372036854775808-1)) $((2**63)) $((2**64)) $((3**50)) $((1<<63)) $((1<<64)) $((123456789*987654321*1000))
### big values
echo $((9007199254740993+1)) $((9007199254740993*3%1000)) $((0x7fffffffffffffff)) $((0xffffffffffffffff)) $((9223372036854775807/3))
### variables without dollar
a=3 b=4 c=a; echo $((a*b)) $((c+1)) $((unset+1)) $((a+$b)) $((${a}2+1))
### expression in variable
e='1+2'; echo $((e*2)) $(($e*2))
### arrays
a=(10 20 30); i=1; echo $((a[1]+a[i+1])) $((a[0]++)) ${a[0]} $((a[i]*=2)) "${a[@]}"; declare -A m=([k]=5); echo $((m[k]+1)); ((m[new]=7)); echo ${m[new]}
### command forms
((3>2)) && echo yes; ((0)) || echo zero; ((x=5)); echo $? $x; ((x=0)); echo $?; let y=3+4 z=y*2; echo $y $z; let "q = 1"; echo $q; let 0; echo $?
### ternary nested and comma
x=2; echo $((x==1?10:x==2?20:30)) $((x>1?(y=5,y+1):0)) $y
### short circuit side effects
x=0; ((0 && (x=1))); ((1 || (x=2))); echo $x
### division by zero
echo $((1/0)); echo not reached
echo "next $?"
(( 5 % 0 )); echo $?
x=0; echo $((5/x))
### syntax errors
echo $((1+)); echo no
echo $((1 2)); echo no
echo $((08)); echo no
echo $((2#3)); echo no
echo $((x y)); echo no
echo $((5=6)); echo no
echo $(( )) end
### spaces and newlines
echo $((  1 +
 2  )) $[3+4]
### substitution inside
echo $(( $(echo 3) + `echo 4` )) $(( ${#PWD} > 0 )) "$((1+1))$((2+2))"
### for arithmetic
for ((i=0;i<3;i++)); do echo -n "$i "; done; echo $i; for ((i=0,j=10;i<j;i+=3,j-=3)); do echo $i $j; done; for ((;;)); do break; done; echo done
### quoted operands
x=3; echo $(("x"+1)) $(( "$x" * 2 ))
### exponent negative
echo $((2**-1)); echo after
### unset under -u
set -u; echo $((nosuch+1)); echo not reached
### let with quotes
let 'a = 5' "b = a * 2"; echo $a $b
### large shifts and negatives
echo $((1<<62)) $((-5/2)) $((-5%2)) $((5/-2)) $((5%-2)) $((-1<<1)) $((7&-8))
