package dev.holdfast.runtime;

import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.Outside;
import dev.holdfast.config.WatchedFile;
import dev.holdfast.observe.Activity;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.observe.LogFormat;
import dev.holdfast.observe.ProcessIdentity;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts configurations in force: the first one, and those that replace it. Until there is one with policies, Holdfast is
 * inactive: no transformer is installed, a woven call runs its original, and little more than the file is looked at.
 * What shows that from outside is made when somebody looks: when the file names an endpoint or the like, or the program
 * has an MBean server.
 *
 * <p>Not thread-safe; {@link Starter} takes care that one thread at a time comes here.
 */
final class Activation {
    private static final String INACTIVE =
            "Holdfast is inactive until the file can be used; the program runs unmodified";

    private static final String NO_RESTART = "; a change of it takes effect without a restart";

    private final Holdfast holdfast;
    private final Console console;
    private final @Nullable String version;
    private final Signals signals;
    private final LoadedClasses loaded;
    private final Consumer<Boolean> transformer;
    private Configuration inForce;
    private Activity activity = Activity.NO_POLICIES;
    private @Nullable String problem;
    /** Whether any file could be used so far: the last one that could stays in force. */
    private boolean anyGood;
    /** Whether the work that need not be done before the program's first call is done. */
    private boolean begun;

    private @Nullable Setup setup;

    /**
     * One under which nothing is in force yet.
     *
     * @param path the configuration file, as the user named it
     * @param version of the agent, null if unknown
     * @param transformer installs the transformer, where it is not, and weaves what is loaded; or removes it
     */
    Activation(
            String path,
            Holdfast holdfast,
            Console console,
            @Nullable String version,
            Signals signals,
            LoadedClasses loaded,
            Consumer<Boolean> transformer) {
        this.inForce = Configuration.withoutPolicies(path, Outside.STANDARD);
        this.holdfast = holdfast;
        this.console = console;
        this.version = version;
        this.signals = signals;
        this.loaded = loaded;
        this.transformer = transformer;
    }

    /** Whether policies are in force, but for the run-time switch. */
    boolean isActive() {
        return activity == Activity.ACTIVE;
    }

    /** How often the file is to be looked at. */
    long lookEveryNanos() {
        return inForce.outside().lookEveryNanos();
    }

    /**
     * Reads the file and puts it in force, before there is anything else.
     *
     * @throws ConfigException what is wrong with it: nothing is in force
     */
    void begin(WatchedFile file) throws ConfigException {
        try {
            Configuration configuration = file.read();
            if (configuration.policyBearing()) {
                activate(configuration);
                setup().operations().say(summary(configuration), Setup.notices(configuration));
            } else {
                rest(configuration);
                say(Log.Level.WARN, Setup.described(summary(configuration), Setup.notices(configuration)));
            }
        } catch (ConfigException e) {
            failed(file, e);
            console.format(LogFormat.valueOf(e.outside().log().format().name())); // for what is said of it
            throw e;
        } finally {
            if (!isActive()) {
                stayUntouched();
            }
        }
    }

    /** Replaces what is in force by a changed file. */
    void replace(Configuration changed) {
        boolean wasActive = isActive();
        Setup current = setup(); // under what was in force before
        if (changed.policyBearing()) {
            activate(changed);
        } else {
            rest(changed);
            if (holdfast.hasEngine()) {
                holdfast.use(current.engine(changed));
            } else {
                stayUntouched();
            }
        }
        String summary = wasActive && isActive() ? Setup.summary("reloaded", changed) : summary(changed);
        current.operations().reloaded(changed, activity, summary, Setup.notices(changed));
        begun = true;
    }

    /** A changed file cannot be used: what was in force stays so. */
    void reject(WatchedFile file, ConfigException why) {
        String text = String.valueOf(why.getMessage());
        if (anyGood) {
            setup().operations().reloadFailed(text);
            return;
        }
        failed(file, why);
        String said = "the configuration cannot be used:\n" + text + "\n" + INACTIVE;
        if (isShown()) {
            setup().operations().stillInactive(inForce, activity, text, said);
        } else {
            console.log(LogEntry.of(Log.Level.ERROR, "notice", said));
        }
    }

    /** Does, once, what need not be done before the program's first call; by a thread that may take its time. */
    void show() {
        if (!begun && isShown()) {
            begun = true;
            setup().operations().begin();
        }
    }

    /** To be called every second or so, by a thread that may take its time. */
    void tick() {
        if (!isActive()) {
            loaded.look(inForce.outside().metrics().applicationRegistry());
        }
        if (isShown()) {
            show();
            setup().operations().tick();
        }
    }

    private void activate(Configuration configuration) {
        Setup with = setup == null ? made(configuration, Activity.ACTIVE) : setup;
        setup = with;
        holdfast.use(with.engine(configuration));
        inForce = configuration;
        activity = Activity.ACTIVE;
        problem = null;
        anyGood = true;
        transformer.accept(true);
    }

    private void rest(Configuration configuration) {
        inForce = configuration;
        activity = configuration.policies().isEmpty() ? Activity.NO_POLICIES : Activity.OFF;
        problem = null;
        anyGood = true;
    }

    /** In the form that the file asks for. */
    private void say(Log.Level level, String what) {
        if (isShown()) {
            setup().operations().say(level, what);
        } else {
            console.log(LogEntry.of(level, "notice", what));
        }
    }

    private void stayUntouched() {
        transformer.accept(false);
        holdfast.useNothing();
    }

    private void failed(WatchedFile file, ConfigException why) {
        inForce = Configuration.withoutPolicies(file.path(), why.outside());
        activity = switch (why.kind()) {
            case MISSING -> Activity.FILE_MISSING;
            case UNREADABLE -> Activity.FILE_UNREADABLE;
            case INVALID -> Activity.FILE_INVALID;
        };
        problem = why.getMessage();
    }

    /** Whether there is anybody who may look. */
    private boolean isShown() {
        return setup != null || signals.managementStarts().getCount() == 0 || showsAnything(inForce.outside());
    }

    /** Whether anything is shown without being asked by JMX. Not by {@code equals}, which loads a hundred classes. */
    private static boolean showsAnything(Outside outside) {
        return outside.admin() != null
                || outside.log().file() != null
                || outside.log().format() != Outside.Format.TEXT
                || outside.log().summary()
                || outside.metrics().applicationRegistry()
                || outside.metrics().otlp() != null;
    }

    private Setup setup() {
        Setup there = setup;
        if (there == null) {
            there = made(inForce, activity);
            setup = there;
        }
        return there;
    }

    private Setup made(Configuration configuration, Activity state) {
        return new Setup(
                new Operations(configuration, state, problem, holdfast, console, version, signals), new Timer());
    }

    private String summary(Configuration configuration) {
        String summary = switch (activity) {
            case ACTIVE -> Setup.summary("is active", configuration);
            case OFF -> "is inactive: the mode of every policy in " + configuration.file() + " is off" + NO_RESTART;
            default -> "is inactive: " + configuration.file() + " defines no policy" + NO_RESTART;
        };
        return (version == null ? summary : version + ' ' + summary) + "; " + ProcessIdentity.current();
    }
}
