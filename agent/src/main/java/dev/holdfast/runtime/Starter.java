package dev.holdfast.runtime;

import dev.holdfast.weave.Weaver;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Carries on where the launch classes end, when one of two threads needs it: the program's, which loads a class that has
 * join points, or the starting thread, which reads the configuration.
 */
public final class Starter implements ClassFileTransformer, Callable<Boolean> {
    private static final int NOTICES_SHOWN = 10;

    private final Console console = new Console();
    private final Holdfast holdfast = new Holdfast(console);
    private final String file;
    private final @Nullable String version;
    private final Weaver weaver;

    /**
     * Called by reflection, from the launch classes.
     *
     * @param instrumentation the JVM's
     * @param file the configuration, as the user named it
     * @param version of the agent, null if unknown
     */
    public Starter(Instrumentation instrumentation, String file, @Nullable String version) {
        this.file = file;
        this.version = version;
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
            Setup setup = Setup.read(file);
            if (setup.engine() != null) {
                holdfast.use(setup.engine());
                active = true;
            }
            sayWhatIsActive(setup);
            return active;
        } finally {
            if (!active) {
                weaver.disconnect();
                holdfast.useNothing();
            }
        }
    }

    private void sayWhatIsActive(Setup setup) {
        StringBuilder text = new StringBuilder();
        if (version != null) {
            text.append(version).append(' ');
        }
        text.append(setup.summary());
        int shown = Math.min(setup.notices().size(), NOTICES_SHOWN);
        for (int i = 0; i < shown; i++) {
            text.append("\n  ").append(setup.notices().get(i));
        }
        if (setup.notices().size() > shown) {
            text.append("\n  ... and ").append(setup.notices().size() - shown).append(" more");
        }
        console.say(text.toString());
    }
}
