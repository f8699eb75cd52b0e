package dev.holdfast.toy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.wiring.BundleWiring;

/**
 * An OSGi framework with bundles that have, or import, a copy of the toy library. Loaded only by a program that is told
 * of bundles.
 */
final class ToyFramework {
    private ToyFramework() {}

    /**
     * Starts a framework, and the bundles in it.
     *
     * @param jars the bundles; those that have a caller become callers
     * @param loaded is told of the class loader of each bundle
     * @return ends the framework
     */
    static AutoCloseable start(List<Path> jars, Map<String, Supplier<?>> callers, Consumer<ClassLoader> loaded)
            throws Exception {
        Path storage = jars.get(0)
                .resolveSibling("bundles-of-" + ProcessHandle.current().pid());
        Framework framework =
                new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, storage.toString()));
        framework.start();
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : jars) {
            bundles.add(framework.getBundleContext().installBundle(jar.toUri().toString()));
        }
        for (Bundle bundle : bundles) {
            bundle.start();
            loaded.accept(bundle.adapt(BundleWiring.class).getClassLoader());
            if (bundle.getEntry("dev/holdfast/toy/ToyCaller.class") != null) {
                callers.put(bundle.getSymbolicName(), (Supplier<?>) bundle.loadClass("dev.holdfast.toy.ToyCaller")
                        .getConstructor()
                        .newInstance());
            }
        }
        return () -> {
            framework.stop();
            framework.waitForStop(0);
        };
    }
}
