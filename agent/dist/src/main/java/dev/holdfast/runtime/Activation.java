package dev.holdfast.runtime;

import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigException;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.ObservabilityConfig;
import dev.holdfast.config.WatchedFile;
import dev.holdfast.observe.Activity;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.observe.LogFormat;
import dev.holdfast.observe.ProcessIdentity;
import dev.holdfast.policy.StoreSettings;
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
    private final StderrReporter stderrReporter;
    private final @Nullable String version;
    private final ClassLoadSignals signals;
    private final LoadedClasses loaded;
    private final Consumer<Boolean> transformer;
    private Configuration inForce;
    private Activity activity = Activity.NO_POLICIES;
    private @Nullable String problem;
    /** True if any file could be used so far: the last one that could stays in force. */
    private boolean anyGood;
    /** True if the work that need not be done before the program's first call is done. */
    private boolean begun;

    private @Nullable SharedState sharedState;

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
            StderrReporter stderrReporter,
            @Nullable String version,
            ClassLoadSignals signals,
            LoadedClasses loaded,
            Consumer<Boolean> transformer) {
        this.inForce = Configuration.withoutPolicies(path, ObservabilityConfig.STANDARD);
        this.holdfast = holdfast;
        this.stderrReporter = stderrReporter;
        this.version = version;
        this.signals = signals;
        this.loaded = loaded;
        this.transformer = transformer;
    }

    /** Returns whether policies are in force, but for the run-time switch. */
    boolean isActive() {
        return activity == Activity.ACTIVE;
    }

    /** Returns the interval between two looks at the file. */
    long lookEveryNanos() {
        return inForce.observabilityConfig().lookEveryNanos();
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
                setup().observability().say(summary(configuration), SharedState.notices(configuration));
            } else {
                rest(configuration);
                say(Log.Level.WARN, SharedState.described(summary(configuration), SharedState.notices(configuration)));
            }
        } catch (ConfigException e) {
            failed(file, e);
            stderrReporter.format(LogFormat.valueOf(e.outside().log().format().name())); // for what is said of it
            throw e;
        } finally {
            if (!isActive()) {
                stayInactive();
            }
        }
    }

    /** Replaces what is in force by a changed file. */
    void replace(Configuration changed) {
        boolean wasActive = isActive();
        SharedState current = setup(); // under what was in force before
        if (changed.policyBearing()) {
            activate(changed);
        } else {
            rest(changed);
            if (holdfast.hasEngine()) {
                share(current, changed);
                holdfast.use(current.engine(changed));
            } else {
                stayInactive();
            }
        }
        String summary = wasActive && isActive() ? SharedState.summary("reloaded", changed) : summary(changed);
        current.observability().reloaded(changed, activity, summary, SharedState.notices(changed));
        begun = true;
    }

    /** A changed file cannot be used: what was in force stays so. */
    void reject(WatchedFile file, ConfigException why) {
        String text = String.valueOf(why.getMessage());
        if (anyGood) {
            setup().observability().reloadFailed(text);
            return;
        }
        failed(file, why);
        String said = "the configuration cannot be used:\n" + text + "\n" + INACTIVE;
        if (isShown()) {
            setup().observability().stillInactive(inForce, activity, text, said);
        } else {
            stderrReporter.accept(LogEntry.of(Log.Level.ERROR, "notice", said));
        }
    }

    /** Does, once, what need not be done before the program's first call; by a thread that may take its time. */
    void show() {
        if (!begun && isShown()) {
            begun = true;
            setup().observability().begin();
        }
    }

    /** Reloads the configuration if the file has changed. Called about once a second, by a thread that may block. */
    void tick() {
        if (!isActive()) {
            loaded.look(inForce.observabilityConfig().metrics().applicationRegistry());
        }
        if (isShown()) {
            show();
            setup().observability().tick();
        }
    }

    private void activate(Configuration configuration) {
        SharedState with = sharedState == null ? made(configuration, Activity.ACTIVE) : sharedState;
        sharedState = with;
        // Before the engine, for which the first calls may wait.
        if (holdfast.switchOff(configuration.clientsOff().keySet())) {
            // Once more installed, it has the classes that are loaded woven, or not, as is right now.
            transformer.accept(false);
        }
        share(with, configuration);
        holdfast.use(with.engine(configuration));
        inForce = configuration;
        activity = Activity.ACTIVE;
        problem = null;
        anyGood = true;
        transformer.accept(true);
    }

    /**
     * Uses the store that a configuration names. Without one there is no lambda: a program's start comes through here.
     */
    private void share(SharedState with, Configuration configuration) {
        StoreSettings store = configuration.store();
        if (store == null) {
            holdfast.shareNothing();
        } else {
            Observability observability = with.observability();
            holdfast.share(
                    store,
                    observability.targets(),
                    (bad, what) -> observability.say(bad ? Log.Level.WARN : Log.Level.INFO, what));
        }
    }

    private void rest(Configuration configuration) {
        inForce = configuration;
        activity = configuration.policies().isEmpty() ? Activity.NO_POLICIES : Activity.OFF;
        problem = null;
        anyGood = true;
    }

    /** Logs a line in the format that the file asks for. */
    private void say(Log.Level level, String what) {
        if (isShown()) {
            setup().observability().say(level, what);
        } else {
            stderrReporter.accept(LogEntry.of(level, "notice", what));
        }
    }

    private void stayInactive() {
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

    /** Returns whether the state can be seen from outside: by JMX, by a setting of the file, or since it was shared. */
    private boolean isShown() {
        return sharedState != null
                || signals.managementStarts().getCount() == 0
                || showsAnything(inForce.observabilityConfig());
    }

    /**
     * Returns whether anything is shown without being asked by JMX. Not by {@code equals}, which loads a hundred
     * classes.
     */
    private static boolean showsAnything(ObservabilityConfig observabilityConfig) {
        return observabilityConfig.admin() != null
                || observabilityConfig.log().file() != null
                || observabilityConfig.log().format() != ObservabilityConfig.Format.TEXT
                || observabilityConfig.log().summary()
                || observabilityConfig.metrics().applicationRegistry()
                || observabilityConfig.metrics().otlp() != null;
    }

    private SharedState setup() {
        SharedState there = sharedState;
        if (there == null) {
            there = made(inForce, activity);
            sharedState = there;
        }
        return there;
    }

    private SharedState made(Configuration configuration, Activity state) {
        return new SharedState(
                new Observability(configuration, state, problem, holdfast, stderrReporter, version, signals),
                new Timer());
    }

    private static String noRestart(Configuration configuration) {
        return configuration.reloadable() ? NO_RESTART : "; a change of this variable takes effect with the next start";
    }

    private String summary(Configuration configuration) {
        String summary = switch (activity) {
            case ACTIVE -> SharedState.summary("is active", configuration);
            case OFF ->
                "is inactive: the mode of every policy in " + configuration.file() + " is off"
                        + noRestart(configuration);
            default -> "is inactive: " + configuration.file() + " defines no policy" + noRestart(configuration);
        };
        return (version == null ? summary : version + ' ' + summary) + "; " + ProcessIdentity.current();
    }
}
