# Arithmetic is binary with 512 bits of mantissa; the shortest decimal is printed.
1/3
0.1+0.2
1e308*10
-0
0 * -1
1/0
-1/0
0/0
5 % 0
10 % 3
-10 % 3
5.5 % 2
1e20 % 7
