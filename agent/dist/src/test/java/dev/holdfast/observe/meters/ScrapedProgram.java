package dev.holdfast.observe.meters;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Scrapes with nothing but the packaged agent on its class path, in the isolated loader, as the endpoint does: what the
 * jar lacks of the libraries' classes fails here. Prints the two formats.
 */
public final class ScrapedProgram {
    private ScrapedProgram() {}

    public static void main(String[] arguments) throws Exception {
        ClassLoader isolated = PackedAgent.loader();
        Class<?> ledger = isolated.loadClass("dev.holdfast.observe.CounterRegistry");
        Class<?> cache = isolated.loadClass("dev.holdfast.observe.Snapshot$Cache");
        Class<?> gaps = isolated.loadClass("dev.holdfast.observe.CoverageGaps");
        Method identity =
                isolated.loadClass("dev.holdfast.observe.ProcessIdentity").getMethod("current");
        Class<?> sources = isolated.loadClass("dev.holdfast.observe.Status$Sources");
        Object ofNothing = Proxy.newProxyInstance(isolated, new Class<?>[] {sources}, (proxy, method, none) -> {
            return switch (method.getName()) {
                case "targets" -> List.of();
                case "isOn" -> true;
                case "cache" -> PackedAgent.field(cache, "EMPTY");
                case "store", "faults" -> null; // there are none
                case "gaps" -> PackedAgent.field(gaps, "NONE");
                case "process" -> PackedAgent.invoke(identity);
                default -> throw new UnsupportedOperationException(method.getName());
            };
        });
        Constructor<?> status =
                isolated.loadClass("dev.holdfast.observe.Status").getConstructors()[0];
        Object counts = status.newInstance(
                ledger.getConstructor().newInstance(), ofNothing, "1.2.3", "holdfast.toml", "c0ffee000000", Set.of());
        Object scrape = isolated.loadClass("dev.holdfast.observe.meters.Scrape")
                .getConstructor(Supplier.class)
                .newInstance(counts);
        Method text = scrape.getClass().getMethod("text", String.class);
        for (String accept : List.of("text/plain", "application/openmetrics-text")) {
            Object page = text.invoke(scrape, accept);
            System.out.println(page.getClass().getMethod("contentType").invoke(page));
            System.out.write((byte[]) page.getClass().getMethod("body").invoke(page));
        }
        System.out.println("done");
    }
}
