package dev.holdfast.wild;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Set;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.agent.builder.AgentBuilder.RedefinitionStrategy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.matcher.ElementMatchers;
import org.jspecify.annotations.Nullable;

/**
 * Another agent, which changes the same classes and those behind them, those that are loaded already too: counts the
 * calls of their methods in system properties. Does it with plain ASM, or as most agents do with Byte Buddy's builder
 * (argument).
 */
public final class ConflictingAgent {
    /** The classes that it changes; the first and the third are those that ours changes. */
    private static final Set<String> CLASSES = Set.of(
            "jdk.internal.net.http.HttpClientFacade",
            "jdk.internal.net.http.HttpClientImpl",
            "sun.net.www.protocol.http.Handler",
            "sun.net.www.protocol.http.HttpURLConnection");

    private static final Set<String> METHODS = Set.of("send", "sendAsync", "openConnection", "getInputStream");

    private ConflictingAgent() {}

    public static void premain(String how, Instrumentation instrumentation) throws Exception {
        agentmain(how, instrumentation);
    }

    public static void agentmain(String how, Instrumentation instrumentation) throws Exception {
        if (how.equals("bytebuddy")) {
            new AgentBuilder.Default()
                    .disableClassFormatChanges()
                    .with(RedefinitionStrategy.RETRANSFORMATION)
                    .ignore(ElementMatchers.none())
                    .type(ElementMatchers.namedOneOf(CLASSES.toArray(String[]::new)))
                    .transform((builder, type, loader, module, domain) -> builder.visit(
                            Advice.to(Counting.class).on(ElementMatchers.namedOneOf(METHODS.toArray(String[]::new)))))
                    .installOn(instrumentation);
            return;
        }
        instrumentation.addTransformer(new Counter(), true);
        for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
            if (CLASSES.contains(loaded.getName())) {
                instrumentation.retransformClasses(loaded);
            }
        }
    }

    /** Returns how often a method was called, in whichever way it was counted. */
    static int met(String className, String method) {
        return Integer.getInteger(className + '.' + method, 0);
    }

    /** Byte Buddy's way. */
    static final class Counting {
        private Counting() {}

        @Advice.OnMethodEnter
        static void count(@Advice.Origin("#t.#m") String method) {
            System.setProperty(method, Integer.toString(Integer.getInteger(method, 0) + 1));
        }
    }

    /** The same in single instructions. */
    private static final class Counter implements ClassFileTransformer {
        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] file) {
            String className = name == null ? "" : name.replace('/', '.');
            if (!CLASSES.contains(className)) {
                return null;
            }
            ClassReader reader = new ClassReader(file);
            ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
            reader.accept(
                    new ClassVisitor(Opcodes.ASM9, writer) {
                        @Override
                        public @Nullable MethodVisitor visitMethod(
                                int access,
                                String method,
                                String descriptor,
                                @Nullable String signature,
                                String @Nullable [] thrown) {
                            MethodVisitor next = super.visitMethod(access, method, descriptor, signature, thrown);
                            return METHODS.contains(method) ? new AtItsHead(next, className + '.' + method) : next;
                        }
                    },
                    0);
            return writer.toByteArray();
        }
    }

    private static final class AtItsHead extends MethodVisitor {
        private final String key;

        AtItsHead(MethodVisitor next, String key) {
            super(Opcodes.ASM9, next);
            this.key = key;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            visitLdcInsn(key);
            visitLdcInsn(key);
            visitInsn(Opcodes.ICONST_0);
            visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    "java/lang/Integer",
                    "getInteger",
                    "(Ljava/lang/String;I)Ljava/lang/Integer;",
                    false);
            visitMethodInsn(Opcodes.INVOKEVIRTUAL, "java/lang/Integer", "intValue", "()I", false);
            visitInsn(Opcodes.ICONST_1);
            visitInsn(Opcodes.IADD);
            visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Integer", "toString", "(I)Ljava/lang/String;", false);
            visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    "java/lang/System",
                    "setProperty",
                    "(Ljava/lang/String;Ljava/lang/String;)Ljava/lang/String;",
                    false);
            visitInsn(Opcodes.POP);
        }
    }
}
