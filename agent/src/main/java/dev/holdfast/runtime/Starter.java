package dev.holdfast.runtime;

import dev.holdfast.call.Timer;
import dev.holdfast.config.ConfigLoader;
import dev.holdfast.config.Configuration;
import dev.holdfast.config.WatchedFile;
import dev.holdfast.observe.ProcessIdentity;
import dev.holdfast.weave.Weaver;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Carries on where the launch classes end, when one of two threads needs it: the program's, which loads a class that
 * has join points, or the starting thread, which reads the configuration.
 */
public final class Starter implements ClassFileTransformer, Callable<Boolean> {
    private final Console console = new Console();
    private final Holdfast holdfast = new Holdfast(console);
    private final String file;
    private final @Nullable String version;
    private final Signals signals;
    private final Weaver weaver;

    /**
     * Called by reflection, from the launch classes.
     *
     * @param instrumentation the JVM's
     * @param file the configuration, as the user named it
     * @param version of the agent, null if unknown
     * @param managementStarts see {@link Signals#managementStarts}
     * @param recordingStarts see {@link Signals#recordingStarts}
     * @param registries see {@link Signals#registries}
     */
    public Starter(
            Instrumentation instrumentation,
            String file,
            @Nullable String version,
            CountDownLatch managementStarts,
            CountDownLatch recordingStarts,
            Queue<WeakReference<ClassLoader>> registries) {
        this.file = file;
        this.version = version;
        this.signals = new Signals(managementStarts, recordingStarts, registries);
        this.weaver = new Weaver(instrumentation, holdfast, console);
    }

    /** Weaves a class that has join points. */
    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classfile) {
        return weaver.weave(className, classfile);
    }

    /**
     * Reads the configuration and puts it to use, on the calling thread.
     *
     * @return whether it bears any policy
     * @throws Exception what is wrong with it; woven code runs as if it were not
     */
    @Override
    public Boolean call() throws Exception {
        holdfast.startingOnThisThread();
        boolean active = false;
        try {
            String text = ConfigLoader.read(file);
            Configuration configuration = ConfigLoader.ofFile(text, file);
            if (configuration.policyBearing()) {
                Operations operations = new Operations(configuration, holdfast, console, version, signals);
                Setup setup = new Setup(operations, new Timer());
                holdfast.use(setup.engine(configuration));
                active = true;
                new Reload(new WatchedFile(file, text), configuration, setup, holdfast, console).start();
                operations.say(described(configuration, true), Setup.notices(configuration));
            } else {
                console.say(Setup.described(described(configuration, false), Setup.notices(configuration)));
            }
            return active;
        } finally {
            if (!active) {
                weaver.disconnect();
                holdfast.useNothing();
            }
        }
    }

    private String described(Configuration configuration, boolean active) {
        String summary = active
                ? Setup.summary("is active", configuration)
                : configuration.file() + " bears no policy; the program runs as without the agent";
        return (version == null ? summary : version + ' ' + summary) + "; " + ProcessIdentity.current();
    }
}
