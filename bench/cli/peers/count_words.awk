{ for (i = 1; i <= NF; i++) n[$i]++ }
END { for (word in n) print n[word] "\t" word }
