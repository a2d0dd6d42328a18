"""A small site of annual reports written for this project: documentation and test fixture in one."""
