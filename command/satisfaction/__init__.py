"""After restoration (R16): those who were told the all-clear are asked whether service is back and how satisfied they are; who is not is
called back."""
