package bench;

import java.lang.instrument.Instrumentation;

/** The baseline of the start-up measurements: an agent that does nothing. */
public final class EmptyAgent {
    private EmptyAgent() {}

    /** Does nothing. */
    public static void premain(String argument, Instrumentation instrumentation) {}
}
