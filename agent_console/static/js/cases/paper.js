// The form of a case on paper: print it.
document.getElementById("print").addEventListener("click", () => print());
