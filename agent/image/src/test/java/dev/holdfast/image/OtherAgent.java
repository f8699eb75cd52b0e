package dev.holdfast.image;

import java.lang.instrument.Instrumentation;

/** An agent that somebody else has in the same variable. */
public final class OtherAgent {
    private OtherAgent() {}

    /** Says that it was started. */
    public static void premain(String argument, Instrumentation instrumentation) {
        System.out.println("other agent");
    }
}
