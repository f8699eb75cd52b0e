package dev.holdfast.launch;

import java.io.File;
import java.io.IOException;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.URL;
import java.security.CodeSource;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Between the watch and what carries on behind the isolated loader: {@code dev.holdfast.runtime.Starter}, which is
 * handed an instance of this to call back. Apart from {@link AgentTransformer}, which the JVM verifies before
 * {@code main}: for that it would load the isolated loader, and exceptions that are not in the JDK's archive of
 * classes, which was measured to take 2 ms of a processor's time on JDK 25 and 0.3 ms on 17.
 */
final class IsolatedStarter implements Consumer<Boolean> {
    /** The class behind the isolated loader that carries on; it is used by interfaces of the JDK. */
    private static final String STARTER = "dev.holdfast.runtime.Starter";

    private final AgentTransformer agentTransformer;

    private IsolatedStarter(AgentTransformer agentTransformer) {
        this.agentTransformer = agentTransformer;
    }

    @Override
    public void accept(Boolean wanted) {
        if (wanted) {
            agentTransformer.install();
        } else {
            agentTransformer.remove();
        }
    }

    /** Opens the agent's jar. */
    static ClassLoader isolated(ClassLoader platform) throws Exception {
        return new IsolatedLoader(platform, jar(), AgentTransformer.class.getProtectionDomain());
    }

    /** Makes the starter, of what the watch has. */
    static Object starter(
            AgentTransformer agentTransformer,
            ClassLoader isolated,
            Instrumentation instrumentation,
            String file,
            CountDownLatch managementStarts,
            CountDownLatch recordingStarts,
            Queue<WeakReference<ClassLoader>> registries)
            throws Exception {
        String version = AgentTransformer.class.getPackage().getImplementationVersion();
        return isolated.loadClass(STARTER)
                .getConstructor(
                        Instrumentation.class,
                        String.class,
                        String.class,
                        CountDownLatch.class,
                        CountDownLatch.class,
                        Queue.class,
                        Consumer.class)
                .newInstance(
                        instrumentation,
                        file,
                        version == null ? ((IsolatedLoader) isolated).version() : version,
                        managementStarts,
                        recordingStarts,
                        registries,
                        new IsolatedStarter(agentTransformer));
    }

    /** Reads the configuration. Gives whether any policy is in force; throws what is wrong with it. */
    @SuppressWarnings("unchecked") // what the starter is
    static boolean read(Object starter) throws Exception {
        return ((Callable<Boolean>) starter).call();
    }

    /** Says that something does not work. Returns false where that is to be said as text, by {@link Premain#say}. */
    @SuppressWarnings("unchecked") // what the starter is
    static boolean say(Object starter, String what) {
        return ((Predicate<String>) starter).test(what);
    }

    /** Has changes of the configuration taken up. */
    static void watchFile(Object starter) {
        ((Runnable) starter).run();
    }

    /** See {@link AgentTransformer#readInstead}. */
    @SuppressWarnings("unchecked") // what the starter is
    static @Nullable String readInstead(Object starter, @Nullable String file) {
        return ((UnaryOperator<@Nullable String>) starter).apply(file);
    }

    /** {@code ClassLoader.getPlatformClassLoader()}, which a class compiled for Java 8 cannot name. */
    static ClassLoader platformLoader() {
        try {
            return (ClassLoader)
                    ClassLoader.class.getMethod("getPlatformClassLoader").invoke(null);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets an attach fail. */
    static void fail(String refusal) {
        throw new IllegalStateException(refusal);
    }

    private static File jar() throws Exception {
        CodeSource source = AgentTransformer.class.getProtectionDomain().getCodeSource();
        URL location = source == null ? null : source.getLocation();
        if (location != null) {
            return new File(location.toURI());
        }
        // A system class loader of the program's own may not tell where a class is from, but where a file is.
        URL file = AgentTransformer.class.getResource("AgentTransformer.class");
        String text = file == null ? "" : file.toString();
        int end = text.indexOf("!/");
        if (!text.startsWith("jar:file:") || end < 0) {
            throw new IOException("the program's system class loader does not tell where the agent's jar is");
        }
        return new File(new URI(text.substring("jar:".length(), end)));
    }
}
