"""`python -m gongkai` is the command `gongkai`."""

from gongkai.command_line import main

main()
