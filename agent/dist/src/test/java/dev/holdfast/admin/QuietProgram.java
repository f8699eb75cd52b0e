package dev.holdfast.admin;

import java.io.IOException;

/** A program that does nothing until its standard input ends. */
final class QuietProgram {
    private QuietProgram() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        System.in.readAllBytes();
        System.out.println("done");
    }
}
