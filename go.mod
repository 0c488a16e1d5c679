module hazptr

go 1.25.0
