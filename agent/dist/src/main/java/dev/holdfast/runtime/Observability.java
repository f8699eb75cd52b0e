package dev.holdfast.runtime;

import dev.holdfast.admin.Endpoint;
import dev.holdfast.call.PolicyTarget;
import dev.holdfast.call.PolicyTargets;
import dev.holdfast.call.SystemClock;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.ObservabilityConfig;
import dev.holdfast.fallback.CacheStats;
import dev.holdfast.fleet.StoreStats;
import dev.holdfast.inventory.LoadedClients;
import dev.holdfast.observe.Activity;
import dev.holdfast.observe.CounterRegistry;
import dev.holdfast.observe.CoverageGaps;
import dev.holdfast.observe.FaultLog;
import dev.holdfast.observe.InjectedFaults;
import dev.holdfast.observe.Log;
import dev.holdfast.observe.LogEntry;
import dev.holdfast.observe.LogFormat;
import dev.holdfast.observe.Management;
import dev.holdfast.observe.ProcessIdentity;
import dev.holdfast.observe.Snapshot;
import dev.holdfast.observe.Status;
import dev.holdfast.observe.Summary;
import dev.holdfast.observe.jfr.FlightEvents;
import dev.holdfast.observe.meters.ApplicationRegistries;
import dev.holdfast.observe.otlp.OtlpExporter;
import dev.holdfast.policy.OtlpExport;
import dev.holdfast.policy.Policy;
import java.io.File;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The observability of Holdfast under the current configuration: counters, log, meters, JMX, events and endpoint.
 * Thread-safe.
 */
final class Observability {
    private final StderrReporter stderrReporter;
    private final Log log;
    private final CounterRegistry counterRegistry = new CounterRegistry();
    private final PolicyTargets targets = new PolicyTargets(counterRegistry);
    private final Status status;
    private final Holdfast holdfast;
    private final ClassLoadSignals signals;
    private @Nullable ApplicationRegistries registries;
    private @Nullable File logFile;
    private boolean hooked;
    private @Nullable Management management;
    private boolean manageable = true;
    private @Nullable FlightEvents events;
    private boolean recordable = true;
    private volatile boolean summaryWanted;
    private volatile Configuration inForce;
    private volatile List<Policy> faultPolicies;
    private @Nullable FaultLog faultLog;
    private @Nullable Endpoint endpoint;
    private @Nullable OtlpExporter otlpExporter;
    private @Nullable CoverageMonitor coverageMonitor;
    private final String agent;

    /**
     * Under a first configuration.
     *
     * @param activity whether policies are in force
     * @param problem what is wrong with the file; null where it can be used
     * @param version of the agent
     * @param signals what the program uses
     */
    Observability(
            Configuration configuration,
            Activity activity,
            @Nullable String problem,
            Holdfast holdfast,
            StderrReporter stderrReporter,
            @Nullable String version,
            ClassLoadSignals signals) {
        this.stderrReporter = stderrReporter;
        this.inForce = configuration;
        this.faultPolicies = configuration.faultPolicies();
        this.holdfast = holdfast;
        this.signals = signals;
        this.log = new Log(stderrReporter, SystemClock.NANOS);
        targets.shareRates();
        this.agent = version == null ? "Holdfast" : "Holdfast/" + version;
        counterRegistry.add(log);
        status = new Status(
                counterRegistry,
                new Sources(),
                version,
                configuration.file(),
                configuration.fingerprint(),
                configuration.policyNames());
        status.state(activity, configuration.file(), problem);
        apply(configuration.observabilityConfig());
        record();
    }

    /** The sources of a status. Made before a program's first call, and so one class rather than five lambdas. */
    private final class Sources implements Status.Sources {
        @Override
        public Collection<PolicyTarget> targets() {
            return targets.all();
        }

        @Override
        public boolean isOn() {
            return holdfast.isOn();
        }

        @Override
        public Snapshot.Cache cache() {
            CacheStats of = holdfast.cacheFigures();
            return new Snapshot.Cache(
                    of.hits(), of.misses(), of.kept(), of.evicted(), of.entries(), of.bytes(), of.maxBytes());
        }

        @Override
        public @Nullable StoreStats store() {
            return holdfast.storeFigures();
        }

        @Override
        public @Nullable InjectedFaults faults() {
            return injectedFaults();
        }

        @Override
        public CoverageGaps gaps() {
            return gapWatch().get();
        }

        @Override
        public ProcessIdentity process() {
            return ProcessIdentity.current();
        }
    }

    /** Returns the targets of all calls. */
    PolicyTargets targets() {
        return targets;
    }

    /** Another configuration is in force, as the text says. */
    void reloaded(Configuration changed, Activity activity, String summary, List<String> notices) {
        targets.retain(changed.targetNames());
        status.reloaded(changed.fingerprint(), changed.policyNames(), changed.targetNames());
        status.state(activity, changed.file(), null);
        inForce = changed;
        faultPolicies = changed.faultPolicies();
        FlightEvents recorded = events;
        if (recorded != null) {
            recorded.reloaded(changed.file(), changed.policyNames().size(), null);
        }
        apply(changed.observabilityConfig());
        say(summary, notices);
        listen();
        push();
    }

    /** A configuration is in force, with what the user should know of it. */
    void say(String summary, List<String> notices) {
        log.say(notices.isEmpty() ? Log.Level.INFO : Log.Level.WARN, SharedState.described(summary, notices));
        logFaults(true);
    }

    /** Returns the faults of the configuration in force; null: it injects none. */
    private @Nullable InjectedFaults injectedFaults() {
        List<Policy> faulty = faultPolicies;
        return faulty.isEmpty() ? null : InjectedFaults.of(faulty, System.currentTimeMillis());
    }

    /**
     * Logs the begin and the end of game days.
     *
     * @param configured whether a configuration has just come into force
     */
    private synchronized void logFaults(boolean configured) {
        if (faultLog == null && !faultPolicies.isEmpty()) {
            faultLog = new FaultLog(log, this::injectedFaults);
        }
        if (faultLog == null) {
            return;
        }
        if (configured) {
            faultLog.configured();
        } else {
            faultLog.tick();
        }
    }

    /** Says something that happens rarely. */
    void say(Log.Level level, String what) {
        log.say(level, what);
    }

    /** A changed configuration cannot be used. */
    void reloadFailed(String why) {
        status.reloadFailed(why);
        FlightEvents recorded = events;
        if (recorded != null) {
            recorded.reloaded(status.get().file(), status.get().policies().size(), why);
        }
        log.say(
                Log.Level.ERROR,
                "the configuration was changed, but cannot be used; the one before stays in force:\n" + why);
    }

    /**
     * The file has changed, and still none was found since the start that could be used.
     *
     * @param readable no policies, and how the file wants Holdfast to be seen from outside
     * @param activity why no policy is in force
     * @param problem what is wrong with the file
     * @param text says so in the log
     */
    void stillInactive(Configuration readable, Activity activity, String problem, String text) {
        status.reloadFailed(problem);
        status.state(activity, readable.file(), problem);
        inForce = readable;
        faultPolicies = List.of();
        apply(readable.observabilityConfig());
        log.say(Log.Level.ERROR, text);
        listen();
        push();
    }

    /** Starts what need not be there before the program's first call. Called once, by a thread that may block. */
    void begin() {
        listen();
        push();
    }

    private void push() {
        OtlpExport wanted = inForce.observabilityConfig().metrics().otlp();
        try {
            if (otlpExporter == null && wanted != null) {
                otlpExporter = new OtlpExporter(status, agent, log, stderrReporter::report);
            }
            if (otlpExporter != null) {
                otlpExporter.want(wanted);
            }
        } catch (RuntimeException | LinkageError e) {
            stderrReporter.report("meters are not pushed", e);
        }
    }

    private void listen() {
        ObservabilityConfig.Admin wanted = inForce.observabilityConfig().admin();
        try {
            if (endpoint == null && wanted != null) {
                endpoint = new Endpoint(status, () -> inForce, log, stderrReporter::report);
            }
            if (endpoint != null) {
                endpoint.listen(wanted);
            }
        } catch (RuntimeException | LinkageError e) {
            stderrReporter.report("there is no admin endpoint", e);
        }
    }

    /** Updates log, endpoint and beans. Called about once a second, by a thread that may block. */
    void tick() {
        targets.reportRetryLayers(System.nanoTime());
        log.tick(targets::all);
        logFaults(false);
        if (endpoint != null) {
            endpoint.tick();
        }
        if (otlpExporter != null) {
            otlpExporter.tick();
        }
        record();
        manage();
        register();
        gapWatch().tick();
    }

    /** Made late: the start has no use for it. */
    private synchronized CoverageMonitor gapWatch() {
        CoverageMonitor made = coverageMonitor;
        if (made == null) {
            made = new CoverageMonitor(
                    targets.unmatched(),
                    targets.proxies(),
                    new LoadedClients(signals.loadedClasses()),
                    name -> System.getProperty(name, ""),
                    log,
                    SystemClock.NANOS);
            coverageMonitor = made;
        }
        return made;
    }

    private void register() {
        boolean wanted = inForce.observabilityConfig().metrics().applicationRegistry();
        ApplicationRegistries made = registries;
        if (made == null && wanted) {
            made = new ApplicationRegistries(status, signals.registries(), stderrReporter::report);
            registries = made;
        }
        if (made != null) {
            made.want(wanted);
        }
    }

    private void record() {
        if (events == null && recordable && signals.recordingStarts().getCount() == 0) {
            try {
                FlightEvents made = new FlightEvents(counterRegistry);
                made.follow();
                events = made;
            } catch (RuntimeException | LinkageError e) {
                recordable = false; // with the next try it would be the same
                stderrReporter.report("cannot be seen in flight recordings", e);
            }
        }
    }

    private void manage() {
        if (!manageable || signals.managementStarts().getCount() > 0) {
            return;
        }
        try {
            Management made = management;
            if (made == null) {
                made = new Management(status, holdfast::switchOn);
                management = made;
            }
            made.update();
        } catch (Exception | LinkageError e) {
            manageable = false; // with the next try it would be the same
            stderrReporter.report("cannot be seen by JMX", e);
        }
    }

    private synchronized void apply(ObservabilityConfig observabilityConfig) {
        ObservabilityConfig.Log wanted = observabilityConfig.log();
        log.level(Log.Level.valueOf(wanted.level().name()));
        stderrReporter.format(LogFormat.valueOf(wanted.format().name()));
        File file = wanted.file();
        if (file == null ? logFile != null : !file.equals(logFile)) {
            logFile = file;
            stderrReporter.writeTo(file, wanted.source());
        }
        summaryWanted = wanted.summary();
        if (summaryWanted && !hooked) {
            hooked = true;
            Runtime.getRuntime().addShutdownHook(new Thread(null, this::end, "holdfast-summary"));
        }
    }

    private void end() {
        log.flush();
        if (summaryWanted) {
            gapWatch().lastLook();
            stderrReporter.accept(LogEntry.of(Log.Level.INFO, "summary", Summary.of(status.get())));
        }
    }
}
