### basic patterns
mkdir w; cd w; for f in a.c b.c ab.c x.h .hidden dir1; do : > $f; done; echo *; echo *.c; echo ?.c; echo [ab].c; echo [!a]*.c; echo .*h*; echo "*.c" '*' \*.c; echo *.none
### directories
mkdir -p d/e d/f; : > d/e/1; : > d/f/2; echo d/*; echo d/*/*; echo */e; echo d/*/; echo ./d/*; echo d//e
### nullglob and failglob
shopt -s nullglob; echo x *.none y; shopt -u nullglob; shopt -s failglob; echo *.none; echo "st $?"
### dotglob
mkdir w; cd w; : > .a; : > b; shopt -s dotglob; echo *; shopt -u dotglob; echo *
### noglob
: > f1; set -f; echo f*; set +f; echo f*
### extglob files
mkdir w; cd w; : >a1; : >a2; : >b1; : >c; shopt -s extglob
echo !(a*); echo @(a|b)1; echo +([a-c]); echo ?(a)1 *(b)1; echo !(a1|c)
### globstar
mkdir -p g/h/i; : > g/1; : > g/h/2; : > g/h/i/3; shopt -s globstar; cd g; echo **; echo **/3; echo h/**
### results of expansions
mkdir w; cd w; : >p1; : >p2; v='p*'; echo $v "$v"; w=(p*); echo ${#w[@]}; x=p*; echo "$x" $x
### brackets
mkdir w; cd w; : > 'a]b'; : > 'a-b'; : > a1; : > aZ; echo a[]]b; echo a[-]b; echo a[0-9]; echo a[[:upper:]]; echo a[[:digit:][:upper:]]; echo 'a['1]
### escapes in globs
mkdir w; cd w; : > 'a*b'; : > axb; echo a\*b; echo a"*"b; echo a*b; : > 'sp ace'; echo sp*; for f in sp*; do echo "<$f>"; done
### brace with glob
mkdir w; cd w; : > a.c; : > b.h; echo {a,b}.*; echo *.{c,h,z}
### sorted order
mkdir w; cd w; : > B; : > a; : > _x; : > 10; : > 9; echo *
### case with paths
case a/b/c in a/*) echo star crosses slash;; esac; case .x in *) echo dot ok;; esac
### glob in for and assignment
mkdir w; cd w; : >1; : >2; for i in *; do echo $i; done; a=*; echo "$a"; b=(*); echo ${b[1]}; case 1 in *) echo y;; esac; [[ 1 == * ]] && echo m
### symlinks
mkdir w; cd w; : > t; ln -s t l; ln -s nowhere broken; echo *; [ -L l ] && echo link; [ -e broken ] || echo broken
