package dev.holdfast.toy;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import net.bytebuddy.agent.ByteBuddyAgent;

/**
 * Uses copies of the toy library: the one of its own class loader, and those of the jars that are its arguments, each
 * in a loader of its own, or, where its name begins with {@code osgi}, as a bundle of an OSGi framework; prints what
 * each call gave; lets the loaders go, and prints how many were collected. With {@code attach AGENT OPTIONS} before
 * them, attaches the agent after a first round of calls.
 */
public final class ToyProgram {
    private static final int MOST_COLLECTIONS = 50;

    private ToyProgram() {}

    public static void main(String[] arguments) throws Exception {
        List<String> jars = new ArrayList<>(Arrays.asList(arguments));
        Map<String, Supplier<?>> callers = new LinkedHashMap<>();
        boolean attach = !jars.isEmpty() && jars.get(0).equals("attach");
        List<String> options = attach ? List.copyOf(jars.subList(1, 3)) : List.of();
        if (attach) {
            jars.subList(0, 3).clear();
        }
        callers.put("own", new ToyCaller());
        List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
        ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
        List<Path> bundles = new ArrayList<>();
        for (String jar : jars) {
            String name = new File(jar).getName();
            if (name.startsWith("osgi")) {
                bundles.add(Path.of(jar));
            } else {
                callers.put(name, caller(Path.of(jar), loaders, collected));
            }
        }
        AutoCloseable framework = bundles.isEmpty()
                ? () -> {}
                : ToyFramework.start(bundles, callers, loader -> loaders.add(new WeakReference<>(loader, collected)));
        if (attach) {
            callers.forEach((name, caller) -> System.out.println("before " + name + " " + caller.get()));
            ByteBuddyAgent.attach(
                    new File(options.get(0)),
                    Long.toString(ProcessHandle.current().pid()),
                    options.get(1));
        }
        callers.forEach((name, caller) -> System.out.println(name + " " + caller.get()));
        callers.forEach((name, caller) -> System.out.println("again " + name + " " + caller.get()));
        callers.clear();
        framework.close();
        framework = null;
        System.out.println("collected " + awaitCollected(collected, loaders.size()) + " of " + loaders.size());
    }

    private static Supplier<?> caller(
            Path jar, List<WeakReference<ClassLoader>> loaders, ReferenceQueue<ClassLoader> collected)
            throws Exception {
        ClassLoader loader = jar.toString().contains("bundle")
                ? new BundleLoader(jar)
                : new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
        loaders.add(new WeakReference<>(loader, collected));
        return (Supplier<?>)
                loader.loadClass("dev.holdfast.toy.ToyCaller").getConstructor().newInstance();
    }

    private static int awaitCollected(ReferenceQueue<?> queue, int wanted) throws InterruptedException {
        int count = 0;
        for (int i = 0; i < MOST_COLLECTIONS && count < wanted; i++) {
            System.gc();
            while (count < wanted && queue.remove(100) != null) {
                count++;
            }
        }
        return count;
    }

    /** Delegates no more than an OSGi framework does that was told nothing: {@code java} packages. */
    private static final class BundleLoader extends ClassLoader {
        private final URLClassLoader jar;

        BundleLoader(Path jar) throws IOException {
            super(null);
            this.jar = new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                if (loaded != null) {
                    return loaded;
                }
                return name.startsWith("java.") ? super.loadClass(name, resolve) : findClass(name);
            }
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            try (InputStream in = jar.getResourceAsStream(name.replace('.', '/') + ".class")) {
                if (in == null) {
                    throw new ClassNotFoundException(name);
                }
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
