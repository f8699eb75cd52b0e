package dev.holdfast.launch;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.IllegalClassFormatException;
import java.lang.instrument.Instrumentation;
import java.lang.ref.WeakReference;
import java.net.URLStreamHandler;
import java.security.AccessController;
import java.security.PrivilegedExceptionAction;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the program to need Holdfast: compares the name of each class that the JVM loads with the few that have
 * join points. Nothing else of the agent is loaded until one of them is met, or until a daemon thread reads the
 * configuration. So a program that ends before is charged a handful of classes and a string comparison per class.
 *
 * <p>The order of the start: first this transformer is installed, so that no call made while the configuration is still
 * being read can slip by; a hook that fires earlier waits for it, bounded. Then the daemon thread reads the file, and
 * if that is bad or defines no policy the transformer is removed again, until the file defines one: then it is
 * installed once more, and what is loaded by then is woven, as when the agent is attached. The thread begins a moment
 * after the program's main class was loaded, or as soon as the first watched class is: until then it would only compete
 * with the program's own start, and the shortest programs are over by then. It has no context class loader.
 */
public final class AgentTransformer implements ClassFileTransformer, Runnable {
    /** The longest hold for a program whose main class this transformer does not see. */
    private static final long LONGEST_HOLD_MILLIS = 500;

    private static final long AFTER_PROGRAM_START_MILLIS = 100;

    /** Loaded when somebody wants an MBean server: see {@code observe.Management}, which is told by a latch. */
    private static final String MANAGEMENT = "javax/management/MBeanServerFactory";

    /** Loaded when somebody records events, or may be about to: see {@code observe.jfr}. */
    private static final String RECORDING = "jdk/jfr/FlightRecorder";

    /**
     * Loaded by an application that has Micrometer's global registry: see {@code observe.meters.ApplicationRegistries}.
     */
    private static final String REGISTRY = "io/micrometer/core/instrument/Metrics";

    private static final String[] WATCHED = words(WatchedClasses.NAMES, false);
    private static final String[] WATCHED_IN_LIBRARIES = words(WatchedClasses.NAMES, true);

    private static final ClassLoader PLATFORM = platformLoader();

    /** The one that is in charge of this JVM, once it has begun. */
    private static volatile @Nullable AgentTransformer current;

    private final Instrumentation instrumentation;
    private final String file;
    private final CountDownLatch programStarts = new CountDownLatch(1);
    private final CountDownLatch managementStarts = new CountDownLatch(1);
    private final CountDownLatch recordingStarts = new CountDownLatch(1);
    private final Object lock = new Object();
    /**
     * Made late: in many programs it would be the first to need the JDK's variable handles, which are a dozen classes.
     */
    private volatile @Nullable Queue<WeakReference<ClassLoader>> registries;

    private final CountDownLatch needed = new CountDownLatch(1);
    private boolean installed;
    private boolean programStarted;
    private volatile @Nullable ClassLoader isolated;
    private volatile @Nullable Object starter;

    /**
     * A watch that is not installed yet.
     *
     * @param instrumentation the JVM's
     * @param file the configuration, as the user named it
     */
    AgentTransformer(Instrumentation instrumentation, String file) {
        this.instrumentation = instrumentation;
        this.file = file;
    }

    /**
     * Returns whether a class of the JDK has join points. Asked for every class that the JVM loads.
     *
     * @param internalName with slashes
     */
    public static boolean watches(String internalName) {
        for (String watched : WATCHED) {
            if (watched.equals(internalName)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Returns whether a class may be one of a library that has join points, if it is not the JDK's.
     *
     * @param internalName with slashes
     */
    public static boolean watchesInLibrary(String internalName) {
        for (String watched : WATCHED_IN_LIBRARIES) {
            if (internalName.endsWith(watched)) {
                return true;
            }
        }
        return false;
    }

    private boolean watches(@Nullable ClassLoader loader, String internalName) {
        return isJdk(loader) ? watches(internalName) : loader != isolated && watchesInLibrary(internalName);
    }

    /** Those that begin with a slash, or the others. By hand: {@code split} is for regular expressions, too. */
    private static String[] words(String text, boolean withSlash) {
        String[] words = {};
        for (int from = 0; from < text.length(); ) {
            int to = text.indexOf(' ', from);
            if ((text.charAt(from) == '/') == withSlash) {
                words = Arrays.copyOf(words, words.length + 1);
                words[words.length - 1] = text.substring(from, to);
            }
            from = to + 1;
        }
        return words;
    }

    /**
     * Returns whether a class that can have made a client is loaded: the program runs already, another agent was here
     * first, or the JVM took the class out of an AOT cache, which it does before any agent.
     */
    static boolean concerns(Class<?>[] loaded) {
        for (Class<?> type : loaded) {
            // As a class's name costs several times as much as its superclass, most are not asked for it.
            ClassLoader loader = type.getClassLoader();
            if (loader == null && type.getSuperclass() != URLStreamHandler.class) {
                continue;
            }
            String name = type.getName().replace('.', '/');
            if (watches(name) || (!isJdk(loader) && watchesInLibrary(name))) {
                return true;
            }
        }
        return false;
    }

    /** The watch that is in charge of this JVM: one that could not begin, as its attach failed, is not. */
    static @Nullable AgentTransformer current() {
        return current;
    }

    /** Installs this transformer, where it is not, and weaves what is loaded already. */
    void install() {
        if (add()) {
            weaveWhatIsLoaded();
        }
    }

    private boolean add() {
        synchronized (lock) {
            if (installed) {
                return false;
            }
            instrumentation.addTransformer(this, instrumentation.isRetransformClassesSupported());
            installed = true;
            return true;
        }
    }

    /** Removes this transformer. What is woven stays so. */
    void remove() {
        synchronized (lock) {
            installed = false;
            instrumentation.removeTransformer(this);
        }
    }

    /**
     * Installs this transformer, and starts the thread that reads the configuration. What {@linkplain #concerns
     * concerns us} and is there already, is woven before this returns, so that no call of the program slips by.
     *
     * @param attached whether the program runs already
     */
    void start(boolean attached) {
        current = this;
        add();
        if (attached || concerns(instrumentation.getAllLoadedClasses())) {
            weaveWhatIsLoaded();
            programStarts.countDown();
            needed.countDown();
        }
        Thread thread = new Thread(null, this, "holdfast-start");
        thread.setDaemon(true);
        thread.setContextClassLoader(null);
        thread.start();
    }

    /**
     * Reads the configuration on the calling thread, before anything is woven. For {@code strict=true}, where a bad one
     * must stop the program before it runs, and for a file that is not there.
     *
     * @param strict whether a bad one is not to be looked at any more
     * @return what is wrong with it, or null
     */
    @Nullable
    String startNow(boolean strict) {
        String problem = null;
        try {
            noticeWhatIsLoaded();
            IsolatedStarter.read(starter());
        } catch (Exception | LinkageError e) {
            problem = describe(e);
        }
        if (problem == null || !strict) {
            current = this;
            watchFile();
        }
        return problem;
    }

    /**
     * Attached once more: reads another file, and looks after that one from then on, unless it is bad.
     *
     * @param otherFile null: the file that is known is read at once
     * @return null; empty where policies are in force already; or what is wrong with the file
     */
    @Nullable
    String readInstead(@Nullable String otherFile) {
        try {
            return IsolatedStarter.readInstead(starter(), otherFile);
        } catch (Exception | LinkageError e) {
            return describe(e);
        }
    }

    @Override
    public void run() {
        try {
            programStarts.await(LONGEST_HOLD_MILLIS, TimeUnit.MILLISECONDS);
            needed.await(AFTER_PROGRAM_START_MILLIS, TimeUnit.MILLISECONDS);
            noticeWhatIsLoaded();
            IsolatedStarter.read(starter());
        } catch (Throwable e) {
            if (starter == null) {
                remove();
            }
            say(describe(e) + '\n' + Premain.inactive(file));
        }
        watchFile();
    }

    /** Says on standard error that something does not work, in the form that the file asks for, if that is known. */
    void say(String what) {
        Object made = starter;
        if (made == null || !IsolatedStarter.say(made, what)) {
            Premain.say(what);
        }
    }

    /** Watches the file. An error that prevents it was reported before. */
    private void watchFile() {
        Object made = starter;
        if (made != null) {
            try {
                IsolatedStarter.watchFile(made);
            } catch (Throwable e) {
                Premain.say("changes of the configuration are not taken up: " + e);
            }
        }
    }

    /**
     * Notices the classes that the JVM loaded for its own options, before any agent. Not looked for earlier: to ask
     * hundreds of classes for their names takes milliseconds, in which it would compete with the program's start.
     */
    private void noticeWhatIsLoaded() {
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (loaded.getClassLoader() == null) {
                notice(null, loaded.getName().replace('.', '/'));
            }
        }
    }

    private static String describe(Throwable problem) {
        String message = problem.getMessage();
        return problem instanceof RuntimeException || problem instanceof Error || message == null
                ? "the configuration cannot be read: " + problem
                : "the configuration cannot be used:\n" + message;
    }

    /**
     * Weaves those join points whose classes are loaded already (when the agent is attached, or another agent was here
     * first), one by one, so that one that fails does not take the others along.
     */
    private void weaveWhatIsLoaded() {
        if (!instrumentation.isRetransformClassesSupported()) {
            return;
        }
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            String name = loaded.getName().replace('.', '/');
            notice(loaded.getClassLoader(), name);
            if (watches(loaded.getClassLoader(), name)) {
                try {
                    instrumentation.retransformClasses(loaded);
                } catch (Exception | LinkageError e) {
                    Premain.say("cannot weave " + loaded.getName() + "; its calls run without policies: " + e);
                }
            }
        }
    }

    /**
     * At the top of the system loader's ancestors, unless somebody replaced that by a loader without parents; asking by
     * reflection would load some 50 classes more on JDK 17, to look at an annotation of the method.
     */
    private static ClassLoader platformLoader() {
        ClassLoader top = ClassLoader.getSystemClassLoader();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        return top.getClass().getName().equals("jdk.internal.loader.ClassLoaders$PlatformClassLoader")
                ? top
                : IsolatedStarter.platformLoader();
    }

    /** Returns whether the loader is the boot loader or the platform loader. */
    private static boolean isJdk(@Nullable ClassLoader loader) {
        return loader == null || loader == PLATFORM;
    }

    @Override
    public byte @Nullable [] transform(
            @Nullable ClassLoader loader,
            @Nullable String className,
            @Nullable Class<?> classBeingRedefined,
            @Nullable ProtectionDomain protectionDomain,
            byte[] classfile)
            throws IllegalClassFormatException {
        if (className == null || !watches(loader, className)) {
            notice(loader, className);
            if (loader != null && !programStarted) {
                programMayHaveStarted(loader);
            }
            return null;
        }
        needed.countDown();
        try {
            return Exclusions.securityManager()
                    ? AccessController.doPrivileged((PrivilegedExceptionAction<byte[]>)
                            () -> weave(loader, className, protectionDomain, classfile))
                    : weave(loader, className, protectionDomain, classfile);
        } catch (Throwable e) {
            Premain.say("cannot weave " + className + "; its calls run without policies: " + e);
            return null;
        }
    }

    /** Looks for the classes that say what the program uses of the JDK, or of a library, that concerns us. */
    private void notice(@Nullable ClassLoader loader, @Nullable String className) {
        if (loader == null) {
            if (MANAGEMENT.equals(className)) {
                managementStarts.countDown();
            } else if (RECORDING.equals(className)) {
                recordingStarts.countDown();
            }
        } else if (REGISTRY.equals(className) && loader != isolated) {
            registries().add(new WeakReference<>(loader));
        }
    }

    private Queue<WeakReference<ClassLoader>> registries() {
        Queue<WeakReference<ClassLoader>> made = registries;
        if (made == null) {
            synchronized (lock) {
                made = registries;
                if (made == null) {
                    made = new ConcurrentLinkedQueue<>();
                    registries = made;
                }
            }
        }
        return made;
    }

    private byte @Nullable [] weave(
            @Nullable ClassLoader loader, String className, @Nullable ProtectionDomain domain, byte[] classfile)
            throws Exception {
        ClassLoader ofLibrary = isJdk(loader) ? null : loader;
        return ((ClassFileTransformer) starter()).transform(ofLibrary, className, null, domain, classfile);
    }

    private void programMayHaveStarted(ClassLoader loader) {
        // Not volatile: at worst it is counted down twice.
        if (!isJdk(loader) && loader != isolated) {
            programStarted = true;
            programStarts.countDown();
        }
    }

    /** Made when the first of the two threads needs it. */
    private Object starter() throws Exception {
        loadWhatItTakes();
        synchronized (this) {
            Object made = starter;
            if (made == null) {
                ClassLoader loader = IsolatedStarter.isolated(PLATFORM);
                isolated = loader;
                made = IsolatedStarter.starter(
                        this, loader, instrumentation, file, managementStarts, recordingStarts, registries());
                starter = made;
            }
            return made;
        }
    }

    /**
     * Loads the other launch classes, not under a lock: the program's system loader may be one with a lock of its own,
     * and the thread that waits for ours may hold that.
     */
    private static void loadWhatItTakes() {
        Objects.requireNonNull(IsolatedStarter.class);
        Objects.requireNonNull(IsolatedLoader.class);
        Objects.requireNonNull(IsolatedLoader.PackedHandler.class);
        Objects.requireNonNull(NestedJar.class);
    }
}
