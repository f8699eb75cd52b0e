package bench;

import java.lang.instrument.Instrumentation;

/** What every start is measured against: an agent that does nothing. */
public final class EmptyAgent {
    private EmptyAgent() {}

    /** Does nothing. */
    public static void premain(String argument, Instrumentation instrumentation) {}
}
