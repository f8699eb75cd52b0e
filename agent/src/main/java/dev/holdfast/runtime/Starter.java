package dev.holdfast.runtime;

import java.lang.instrument.Instrumentation;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Carries on where the launch classes end: finds out which file is meant, and hands over to {@link Startup}.
 *
 * <p>This and what it leads to before {@code main} runs on the program's thread, in every start of every program. So
 * there: no lambdas, no streams, no formatting, few classes.
 */
public final class Starter implements BiFunction<@Nullable String[], Instrumentation, @Nullable String> {
    private static final String NO_FILE = "no configuration: name a file by -javaagent:holdfast-agent.jar=FILE,"
            + " -Dholdfast.config=FILE or the variable HOLDFAST_CONFIG";
    private static final String RUNS_WITHOUT = "; the program runs as without the agent";

    private final Console console = new Console();

    /** Called by reflection, from the launch classes. */
    public Starter() {}

    /**
     * Starts Holdfast.
     *
     * @param start the agent's argument (or null), the entry ({@code premain} or {@code agentmain}) and the version
     * @param instrumentation the JVM's
     * @return why the program must not run, null: it may
     */
    @Override
    public @Nullable String apply(@Nullable String[] start, Instrumentation instrumentation) {
        AgentOptions options = AgentOptions.of(start[0]).orFile(System.getProperty("holdfast.config"));
        if (options.file() == null) {
            options = options.orFile(System.getenv("HOLDFAST_CONFIG"));
        }
        String file = options.file();
        String problem = options.error() != null ? options.error() : file == null ? NO_FILE : null;
        if (problem == null && file != null) {
            Startup startup = new Startup(file, start[2], instrumentation, console);
            if (!options.strict()) {
                startup.begin("premain".equals(start[1]));
                return null;
            }
            problem = startup.beginStrictly();
        }
        if (problem == null) {
            return null;
        }
        if (options.strict()) {
            return problem + "\nstrict=true: the program does not run";
        }
        console.say(problem + RUNS_WITHOUT);
        return null;
    }
}
