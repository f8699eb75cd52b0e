package dev.holdfast.launch;

import java.io.File;
import java.lang.instrument.Instrumentation;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of the JVM: before {@code main} ({@code -javaagent}) or into a running program (attach).
 *
 * <p>Whatever goes wrong here is said on standard error and the program runs unmodified; the one exception is
 * {@code strict=true}, which was asked for. Nothing that the application may want to set up itself is touched: no
 * {@code java.util.logging}, no {@code java.nio.file}, no JMX, no standard output, no default {@code SSLContext} (the
 * build checks it).
 */
public final class Premain {
    private static final String NO_FILE = "no configuration: name a file by -javaagent:holdfast-agent.jar=FILE,"
            + " -Dholdfast.config=FILE or the variable HOLDFAST_CONFIG, or put its text into HOLDFAST_CONFIG_INLINE";

    /** The variable that may hold a whole configuration, where no file is named. */
    private static final String INLINE = "HOLDFAST_CONFIG_INLINE";

    /** The beginning of what names a variable that holds a configuration, where the name of a file may stand. */
    private static final String VARIABLE = "env:";

    private static final String INACTIVE_FOR_NOW =
            "Holdfast is inactive until the file can be used; the program runs unmodified";

    /** A variable is not looked at again: the environment of a process does not change. */
    private static final String INACTIVE_UNTIL_RESTART = "Holdfast is inactive; the program runs unmodified. Correct"
            + " the variable " + INLINE + " and start the program again";

    private static final String SECOND = "is in this JVM already; this second instance does nothing";

    private static final long MILLIS_A_DAY = 86_400_000;

    private Premain() {}

    /**
     * Called by the JVM before {@code main}.
     *
     * @param argument what stands behind {@code -javaagent:FILE=}, or null
     * @param instrumentation the JVM's
     */
    public static void premain(@Nullable String argument, Instrumentation instrumentation) {
        if (start(argument, instrumentation, false) != null) {
            // strict=true: the program must not run without the policies that it was started with.
            Runtime.getRuntime().exit(1);
        }
    }

    /**
     * Called by the JVM when the agent is attached to a running program.
     *
     * @param argument what the attaching side handed over, or null
     * @param instrumentation the JVM's
     */
    public static void agentmain(@Nullable String argument, Instrumentation instrumentation) {
        String refusal = start(argument, instrumentation, true);
        if (refusal != null) {
            // A program that is already running is not ended, strict or not: the attach fails.
            IsolatedStarter.fail(refusal);
        }
    }

    /**
     * Starts, or says why not. Returns why the program must not run ({@code strict=true}), else null; an attach that
     * has to fail for that says nothing.
     */
    private static @Nullable String start(
            @Nullable String argument, Instrumentation instrumentation, boolean attached) {
        try {
            if ("aot_training".equals(argument)) {
                // A run that trains an AOT cache or dumps an AppCDS archive: same command line, no effect.
                return null;
            }
            String old = Exclusions.tooOld(System.getProperty("java.specification.version"));
            if (old != null) {
                say(old);
                return null;
            }
            if (Exclusions.jdkTool(System.getProperty("jdk.module.main"), System.getProperty("sun.java.command"))) {
                return null;
            }
            Class<?> loaded = Exclusions.loadedWatch(instrumentation.getAllLoadedClasses());
            return loaded == null
                    ? start(options(argument), instrumentation, attached)
                    : startAgain(loaded, options(argument), instrumentation, attached);
        } catch (Throwable e) {
            // Not a clause of its own, for which the JVM would load a class that is not in the JDK's archive of
            // classes.
            say(
                    e instanceof SecurityException
                            ? "the security policy grants this agent nothing (" + e.getMessage()
                                    + "); Holdfast is inactive and the program runs unmodified. Grant "
                                    + "java.security.AllPermission to the "
                                    + "agent's jar."
                            : "could not start; Holdfast is inactive and the program runs unmodified: " + e);
        }
        return null;
    }

    /** Returns the consequence of a configuration that cannot be used, and for how long that holds. */
    static String inactive(String file) {
        return file.equals(VARIABLE + INLINE) ? INACTIVE_UNTIL_RESTART : INACTIVE_FOR_NOW;
    }

    private static AgentOptions options(@Nullable String argument) {
        AgentOptions options = AgentOptions.of(argument).orFile(System.getProperty("holdfast.config"));
        if (options.file() == null) {
            options = options.orFile(System.getenv("HOLDFAST_CONFIG"));
        }
        if (options.file() == null) {
            String inline = System.getenv(INLINE);
            boolean blank = inline == null || inline.trim().isEmpty();
            options = blank ? options : options.orFile(VARIABLE + INLINE);
        }
        return options;
    }

    private static @Nullable String start(AgentOptions options, Instrumentation instrumentation, boolean attached) {
        String file = options.file();
        if (options.error() != null || file == null) {
            String problem = options.error() != null ? options.error() : NO_FILE;
            return inactive(null, problem, "; Holdfast is inactive; the program runs unmodified", options, attached);
        }
        AgentTransformer agentTransformer = new AgentTransformer(instrumentation, file);
        // A file that is not there is the commonest mistake, and said at once: later, a short program would have
        // ended.
        if (!options.strict() && (file.startsWith(VARIABLE) || new File(file).exists())) {
            agentTransformer.start(attached);
            return null;
        }
        String problem = agentTransformer.startNow(options.strict());
        return problem == null ? null : inactive(agentTransformer, problem, '\n' + inactive(file), options, attached);
    }

    /**
     * An agent's classes are in this JVM already. Where they are of an instance that has no policy in force, an attach
     * has it read a file; where an attach that failed has left them, this is the first instance.
     */
    private static @Nullable String startAgain(
            Class<?> loaded, AgentOptions options, Instrumentation instrumentation, boolean attached) {
        AgentTransformer agentTransformer = loaded == AgentTransformer.class ? AgentTransformer.current() : null;
        if (loaded == AgentTransformer.class && agentTransformer == null) {
            return start(options, instrumentation, attached);
        }
        String problem = "";
        if (agentTransformer != null && attached) {
            problem = options.error() != null ? options.error() : agentTransformer.readInstead(options.file());
        }
        if (problem != null && problem.isEmpty()) {
            say(SECOND);
            return null;
        }
        return problem == null
                ? null
                : inactive(agentTransformer, problem, "\nHoldfast stays as it was", options, attached);
    }

    /** Says what is wrong with the start. Returns it where it forbids the start. */
    private static @Nullable String inactive(
            @Nullable AgentTransformer agentTransformer,
            String problem,
            String consequence,
            AgentOptions options,
            boolean attached) {
        boolean strict = options.strict();
        String refused = attached
                ? "\nThe attach has failed; the program runs on as before"
                : "\nstrict=true: the program does not run";
        String text = problem + (strict ? refused : consequence);
        if (strict && attached) {
            return text;
        }
        if (agentTransformer == null) {
            say(text);
        } else {
            agentTransformer.say(text);
        }
        return strict ? text : null;
    }

    /** Says on standard error that something does not work, in the form that the log's entries have. */
    static void say(String what) {
        System.err.println("[holdfast] " + time(System.currentTimeMillis()) + " ERROR " + what);
    }

    /**
     * Formats a time as the isolated classes do, which cannot be used from here. Without {@code java.time}: of that, a
     * program that is told that no file was named would load 13 classes more on JDK 17, and 15 on 25.
     */
    static String time(long epochMillis) {
        long millis = epochMillis % MILLIS_A_DAY;
        return date(epochMillis / MILLIS_A_DAY) + "T" + padded(millis / 3_600_000, 100)
                + ":" + padded(millis / 60_000 % 60, 100) + ":" + padded(millis / 1_000 % 60, 100) + "."
                + padded(millis % 1_000, 1_000) + "Z";
    }

    /**
     * The date of a day after 1969. Counted in years that begin in March, so that the day that some years have more is
     * the last one; all months but the last then come in a cycle of five with 153 days.
     */
    private static String date(long epochDay) {
        long day = epochDay + 719_468; // since March 1st of the year 0
        long era = day / 146_097; // of 400 years
        long ofEra = day % 146_097;
        long yearOfEra = (ofEra - ofEra / 1_460 + ofEra / 36_524 - ofEra / 146_096) / 365;
        long ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long sinceMarch = (5 * ofYear + 2) / 153;
        long month = sinceMarch < 10 ? sinceMarch + 3 : sinceMarch - 9;
        long year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
        return year + "-" + padded(month, 100) + "-" + padded(ofYear - (153 * sinceMarch + 2) / 5 + 1, 100);
    }

    private static String padded(long number, int above) {
        return Long.toString(number + above).substring(1);
    }
}
