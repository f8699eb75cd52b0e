package dev.holdfast.runtime;

import java.lang.instrument.Instrumentation;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries on where the launch classes end, on the program's thread: so it does only what cannot wait.
 *
 * <p>The order: first the bridge class and the weaver (cheap: one small class, one comparison per loaded class), so that no
 * call made while the configuration is still being read can slip by; then a daemon thread reads the configuration. A
 * hook that fires earlier waits for it, bounded. If the file bears no policy, or is bad, the weaver is removed again and
 * the bridge disconnected. With {@code strict=true} the configuration is read first, on the program's thread, and a bad one
 * stops the program.
 */
public final class Starter implements BiFunction<@Nullable String[], Instrumentation, @Nullable String> {

    /** Called by reflection. */
    public Starter() {}

    /**
     * Starts Holdfast.
     *
     * @param start the agent's argument (or null) and the entry, {@code premain} or {@code agentmain}
     * @param instrumentation the JVM's
     * @return why the program must not run, null: it may
     */
    @Override
    public @Nullable String apply(@Nullable String[] start, Instrumentation instrumentation) {
        Console console = new Console();
        AgentOptions options = AgentOptions.of(start[0], System::getProperty, System::getenv);
        if (options.error() != null) {
            return refuseOrSay(options, console, options.error());
        }
        String file = options.file();
        if (file == null) {
            console.say(
                    "no configuration: name a file by -javaagent:holdfast-agent.jar=FILE, -Dholdfast.config=FILE or the"
                            + " variable HOLDFAST_CONFIG; the program runs as without the agent");
            return null;
        }
        return null;
    }

    private static @Nullable String refuseOrSay(AgentOptions options, Console console, String what) {
        if (options.strict()) {
            return what + "; strict=true: the program does not run";
        }
        console.say(what + "; the program runs as without the agent");
        return null;
    }
}
