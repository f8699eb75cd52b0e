package dev.holdfast.wild;

/** A program that a debugger stops: calls, stops at {@link #here()}, calls once more. */
final class Debugged {
    private Debugged() {}

    public static void main(String[] arguments) throws Exception {
        System.out.println(Swapped.text() + ", " + Program.calls());
        here();
        System.out.println(Swapped.text() + ", " + Program.calls());
        System.exit(0);
    }

    private static void here() {}
}
