package dev.holdfast.runtime;

import dev.holdfast.config.WatchedFile;
import dev.holdfast.weave.Weaver;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.security.ProtectionDomain;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Carries on where the launch classes end, when one of two threads needs it: the program's, which loads a class that
 * has join points, or the starting thread, which reads the configuration. Thread-safe.
 */
public final class Starter
        implements ClassFileTransformer,
                Callable<Boolean>,
                Runnable,
                UnaryOperator<@Nullable String>,
                Predicate<String> {
    private final StderrReporter stderrReporter = new StderrReporter();
    private final Holdfast holdfast = new Holdfast(stderrReporter);
    private final Instrumentation instrumentation;
    private final String file;
    private final @Nullable String version;
    private final ClassLoadSignals signals;
    private final Consumer<Boolean> transformer;
    private final Weaver weaver;
    private @Nullable Reload reload;

    /**
     * Called by reflection, from the launch classes.
     *
     * @param instrumentation the JVM's
     * @param file the configuration, as the user named it
     * @param version of the agent, null if unknown
     * @param managementStarts see {@link ClassLoadSignals#managementStarts}
     * @param recordingStarts see {@link ClassLoadSignals#recordingStarts}
     * @param registries see {@link ClassLoadSignals#registries}
     * @param transformer true: installs the transformer that calls {@link #transform}, unless it is installed, and has
     *     it weave what is loaded already; false: removes it
     */
    public Starter(
            Instrumentation instrumentation,
            String file,
            @Nullable String version,
            CountDownLatch managementStarts,
            CountDownLatch recordingStarts,
            Queue<WeakReference<ClassLoader>> registries,
            Consumer<Boolean> transformer) {
        this.instrumentation = instrumentation;
        this.file = file;
        this.version = version;
        this.signals = new ClassLoadSignals(
                managementStarts, recordingStarts, registries, instrumentation::getAllLoadedClasses);
        this.transformer = transformer;
        this.weaver = new Weaver(instrumentation, holdfast, stderrReporter);
    }

    /** Weaves a class that has join points. The loader is null for a class of the JDK. */
    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classfile) {
        return loader == null
                ? weaver.weave(className, classfile)
                : weaver.weaveLibrary(loader, className, classfile, protectionDomain);
    }

    /**
     * Reads the configuration and puts it to use, on the calling thread.
     *
     * @return whether any policy is in force
     * @throws Exception what is wrong with it; woven code runs as if it were not, until {@link #run} finds a good one
     */
    @Override
    public Boolean call() throws Exception {
        holdfast.startingOnThisThread();
        return reload().readFirst();
    }

    /** Starts the thread that reloads the configuration when the file changes. */
    @Override
    public void run() {
        reload().watch();
    }

    /**
     * Takes another configuration file, while no policy is in force.
     *
     * @param file its path; null: the one that is known is read at once
     * @return null; empty where policies are in force already; or what is wrong with the file
     */
    @Override
    public @Nullable String apply(@Nullable String file) {
        return reload().readInstead(file);
    }

    /**
     * Says on standard error that something does not work, where the file asks for another form than text.
     *
     * @return false: the launch classes are to say it, as text
     */
    @Override
    public boolean test(String what) {
        return stderrReporter.sayUnlessText(what);
    }

    /** Made when the configuration is to be read: the program's thread, which may have made this, does without. */
    private synchronized Reload reload() {
        Reload made = reload;
        if (made == null) {
            LoadedClasses loaded = new LoadedClasses(instrumentation, signals);
            made = new Reload(
                    new WatchedFile(file),
                    new Activation(file, holdfast, stderrReporter, version, signals, loaded, transformer),
                    stderrReporter);
            reload = made;
        }
        return made;
    }
}
