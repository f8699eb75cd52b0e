package dev.holdfast.wild;

import java.lang.instrument.ClassDefinition;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.nio.charset.StandardCharsets;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent that swaps classes while the program runs, as tools for development do, and the program: prints what its
 * calls gave after each swap. Among the swapped are all classes that Holdfast wove.
 */
public final class HotSwap {
    private static @Nullable Instrumentation given;

    private HotSwap() {}

    public static void premain(@Nullable String argument, Instrumentation instrumentation) {
        given = instrumentation;
    }

    public static void main(String[] arguments) throws Exception {
        Instrumentation instrumentation = given;
        if (instrumentation == null) {
            throw new IllegalStateException("not started as an agent");
        }
        List<Class<?>> woven = new ArrayList<>();
        for (String name : ClassFiles.WOVEN) {
            woven.add(Class.forName(name));
        }
        say("at first");
        instrumentation.redefineClasses(new ClassDefinition(Swapped.class, ClassFiles.swapped()));
        say("a class of the application");
        for (Class<?> type : woven) {
            instrumentation.redefineClasses(new ClassDefinition(type, ClassFiles.original(type.getName())));
        }
        say("as the JDK has them");
        Map<Class<?>, byte[]> seen = retransform(instrumentation, woven);
        say("retransformed");
        int withBridge = 0;
        for (Map.Entry<Class<?>, byte[]> type : seen.entrySet()) {
            withBridge += new String(type.getValue(), StandardCharsets.ISO_8859_1).contains("HoldfastBridge") ? 1 : 0;
            instrumentation.redefineClasses(new ClassDefinition(type.getKey(), type.getValue()));
        }
        say("as they were seen, " + withBridge + " of them woven");
        retransform(instrumentation, woven);
        say("retransformed again");
        System.exit(0);
    }

    private static void say(String when) throws Exception {
        System.out.println(when + ": " + Swapped.text() + ", " + Program.calls());
    }

    /** Lets the JVM ask all agents once more; this one only looks. */
    private static Map<Class<?>, byte[]> retransform(Instrumentation instrumentation, List<Class<?>> types)
            throws Exception {
        Map<Class<?>, byte[]> seen = new HashMap<>();
        ClassFileTransformer looks = new ClassFileTransformer() {
            @Override
            public byte @Nullable [] transform(
                    @Nullable ClassLoader loader,
                    @Nullable String name,
                    @Nullable Class<?> redefined,
                    @Nullable ProtectionDomain domain,
                    byte[] classfile) {
                if (redefined != null && types.contains(redefined)) {
                    seen.put(redefined, classfile);
                }
                return null;
            }
        };
        instrumentation.addTransformer(looks, true);
        instrumentation.retransformClasses(types.toArray(new Class<?>[0]));
        instrumentation.removeTransformer(looks);
        if (seen.size() != types.size()) {
            throw new IllegalStateException("seen only " + seen.keySet());
        }
        return seen;
    }
}
