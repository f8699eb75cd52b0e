package dev.holdfast.weave;

import dev.holdfast.call.Defects;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.FieldVisitor;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.Label;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import net.bytebuddy.jar.asm.Type;
import org.jspecify.annotations.Nullable;

/**
 * Weaves one class with Byte Buddy's own ASM, its lowest layer: 25 classes to load instead of the 700 to 1,077 of its
 * higher ones, and in a program's first HTTP call that is most of what an agent costs.
 *
 * <p>Stack map frames are kept as they are and the one that the prologue needs is written by hand, so that nothing has
 * to be computed, which would load the classes that a method speaks of, in the middle of loading one.
 */
final class ClassWeaver extends ClassVisitor {
    private static final String BRIDGE = "sun/net/www/HoldfastBridge";
    private static final String STREAM = "jdk/internal/net/http/Stream";
    private static final String PUBLISHER = "requestPublisher";
    private static final String PUBLISHER_TYPE = "Ljava/net/http/HttpRequest$BodyPublisher;";
    private static final String STREAMS = "streams";
    private static final String STREAMS_TYPE = "Ljava/util/concurrent/ConcurrentMap;";
    private static final String PROXY = "proxyAddr";
    private static final String PROXY_TYPE = "Ljava/net/InetSocketAddress;";

    private final String className;
    private final List<JoinPoint> missing = new ArrayList<>();
    private final List<String> fields = new ArrayList<>();
    private boolean woven;

    private ClassWeaver(String className, ClassVisitor next) {
        super(Opcodes.ASM9, next);
        this.className = className;
        for (JoinPoint point : JoinPoint.values()) {
            if (point.isIn(className) && point.isExpected()) {
                missing.add(point);
            }
        }
    }

    /**
     * Weaves all join points of a class.
     *
     * @return the new class file, or null where no join point was found
     */
    static byte @Nullable [] weave(String className, byte[] classfile, Defects defects) {
        if (!isPossible(className)) {
            return null;
        }
        ClassReader reader = new ClassReader(classfile);
        // Given the reader, the writer copies all methods that are not touched as they are.
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        ClassWeaver weaver = new ClassWeaver(className, writer);
        reader.accept(weaver, 0);
        if (!weaver.missing.isEmpty()) {
            defects.report(
                    "this JDK has no " + weaver.missing + " in " + className + "; such calls run without policies",
                    null);
        }
        return weaver.woven ? writer.toByteArray() : null;
    }

    private static boolean isPossible(String className) {
        for (JoinPoint point : JoinPoint.values()) {
            if (point.isIn(className) && point.isPossible()) {
                return true;
            }
        }
        return false;
    }

    @Override
    public @Nullable FieldVisitor visitField(
            int access, String name, String descriptor, @Nullable String signature, @Nullable Object value) {
        fields.add(name + descriptor);
        return super.visitField(access, name, descriptor, signature, value);
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
            int access, String name, String descriptor, @Nullable String signature, String @Nullable [] exceptions) {
        MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
        if (next == null || (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
            return next;
        }
        for (JoinPoint point : JoinPoint.values()) {
            if (point.isIn(className) && point.matches(name, descriptor)) {
                return switch (point.kind()) {
                    case ENTER -> {
                        found(point);
                        yield new Enter(next, point, descriptor);
                    }
                    case GUARD -> {
                        found(point);
                        yield new Guard(next, point);
                    }
                    case RETURN -> {
                        found(point);
                        yield new Return(next, point);
                    }
                    case CALL_RESULT -> new CallResult(next, point);
                    case MADE_OF_RESET -> fields.contains(PUBLISHER + PUBLISHER_TYPE) ? new Made(next, point) : next;
                    case MADE_OF_GO_AWAY -> fields.contains(STREAMS + STREAMS_TYPE) ? new Made(next, point) : next;
                    case FAILED_TUNNEL ->
                        (access & Opcodes.ACC_STATIC) == 0 && fields.contains(PROXY + PROXY_TYPE)
                                ? new Made(next, point)
                                : next;
                };
            }
        }
        return next;
    }

    private void found(JoinPoint point) {
        missing.remove(point);
        woven = true;
    }

    private static void callHook(MethodVisitor to, JoinPoint point) {
        to.visitMethodInsn(Opcodes.INVOKESTATIC, BRIDGE, point.hook(), point.hookDescriptor(), false);
    }

    /** {@link JoinPoint.Kind#ENTER}. */
    private static final class Enter extends MethodVisitor {
        private final JoinPoint point;
        private final String descriptor;

        Enter(MethodVisitor next, JoinPoint point, String descriptor) {
            super(Opcodes.ASM9, next);
            this.point = point;
            this.descriptor = descriptor;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            int given = Type.getArgumentCount(descriptor) + 1; // all of them references, and this
            int wanted = Type.getArgumentCount(point.hookDescriptor());
            for (int i = 0; i < wanted; i++) {
                if (i < given) {
                    super.visitVarInsn(Opcodes.ALOAD, i);
                } else {
                    super.visitInsn(Opcodes.ACONST_NULL);
                }
            }
            callHook(mv, point);
            Label original = new Label();
            super.visitInsn(Opcodes.DUP);
            super.visitJumpInsn(Opcodes.IFNULL, original);
            super.visitTypeInsn(
                    Opcodes.CHECKCAST, Type.getReturnType(descriptor).getInternalName());
            super.visitInsn(Opcodes.ARETURN);
            super.visitLabel(original);
            super.visitFrame(Opcodes.F_SAME1, 0, null, 1, new Object[] {"java/lang/Object"});
            super.visitInsn(Opcodes.POP);
        }
    }

    /** {@link JoinPoint.Kind#GUARD}. */
    private static final class Guard extends MethodVisitor {
        private final JoinPoint point;

        Guard(MethodVisitor next, JoinPoint point) {
            super(Opcodes.ASM9, next);
            this.point = point;
        }

        @Override
        public void visitCode() {
            super.visitCode();
            super.visitVarInsn(Opcodes.ALOAD, 0);
            callHook(mv, point);
            Label original = new Label();
            super.visitJumpInsn(Opcodes.IFEQ, original);
            super.visitInsn(Opcodes.RETURN);
            super.visitLabel(original);
            super.visitFrame(Opcodes.F_SAME, 0, null, 0, null);
        }
    }

    /** {@link JoinPoint.Kind#RETURN}. */
    private static final class Return extends MethodVisitor {
        private final JoinPoint point;

        Return(MethodVisitor next, JoinPoint point) {
            super(Opcodes.ASM9, next);
            this.point = point;
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == Opcodes.ARETURN) {
                int arguments = Type.getArgumentCount(point.hookDescriptor()) - 1;
                for (int i = 1; i <= arguments; i++) {
                    super.visitVarInsn(Opcodes.ALOAD, i);
                }
                callHook(mv, point);
            }
            super.visitInsn(opcode);
        }
    }

    /** {@link JoinPoint.Kind#CALL_RESULT}. */
    private final class CallResult extends MethodVisitor {
        private final JoinPoint point;

        CallResult(MethodVisitor next, JoinPoint point) {
            super(Opcodes.ASM9, next);
            this.point = point;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            if (owner.equals("java/net/URL")
                    && name.equals("openConnection")
                    && descriptor.equals("(Ljava/net/Proxy;)Ljava/net/URLConnection;")) {
                found(point);
                callHook(mv, point);
            }
        }
    }

    /**
     * {@link JoinPoint.Kind#MADE_OF_RESET}, where the method has asked its frame for the error code before, {@link
     * JoinPoint.Kind#MADE_OF_GO_AWAY} and {@link JoinPoint.Kind#FAILED_TUNNEL}. One class for all, as the verifier
     * loads those that are named above.
     */
    private final class Made extends MethodVisitor {
        private static final String FRAMES = "jdk/internal/net/http/frame/";
        private static final String RESET = FRAMES + "ResetFrame";
        private static final String CODE = "getErrorCode";

        private final JoinPoint point;
        private final boolean goAway;
        private final boolean tunnel;
        private boolean hasCode;

        Made(MethodVisitor next, JoinPoint point) {
            super(Opcodes.ASM9, next);
            this.point = point;
            this.goAway = point.kind() == JoinPoint.Kind.MADE_OF_GO_AWAY;
            this.tunnel = point.kind() == JoinPoint.Kind.FAILED_TUNNEL;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (tunnel) {
                if (owner.equals("jdk/internal/net/http/common/MinimalFuture")
                        && name.equals("failedFuture")
                        && descriptor.startsWith("(Ljava/lang/Throwable;)")) {
                    found(point);
                    super.visitInsn(Opcodes.DUP);
                    super.visitVarInsn(Opcodes.ALOAD, 0);
                    super.visitFieldInsn(Opcodes.GETFIELD, className, PROXY, PROXY_TYPE);
                    callHook(mv, point);
                }
                super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
                return;
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
            if (owner.equals(RESET) && name.equals(CODE) && descriptor.equals("()I")) {
                hasCode = true;
            } else if (opcode == Opcodes.INVOKESPECIAL
                    && owner.equals("java/io/IOException")
                    && name.equals("<init>")
                    && (goAway || hasCode)) {
                found(point);
                super.visitInsn(Opcodes.DUP);
                super.visitVarInsn(Opcodes.ALOAD, 0);
                if (goAway) {
                    super.visitFieldInsn(Opcodes.GETFIELD, className, STREAMS, STREAMS_TYPE);
                    super.visitVarInsn(Opcodes.ALOAD, 1);
                    super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, FRAMES + "GoAwayFrame", "getLastStream", "()I", false);
                    super.visitLdcInsn(new Handle(Opcodes.H_GETFIELD, STREAM, PUBLISHER, PUBLISHER_TYPE, false));
                } else {
                    super.visitFieldInsn(Opcodes.GETFIELD, STREAM, PUBLISHER, PUBLISHER_TYPE);
                    super.visitVarInsn(Opcodes.ALOAD, 1);
                    super.visitMethodInsn(Opcodes.INVOKEVIRTUAL, RESET, CODE, "()I", false);
                }
                callHook(mv, point);
            }
        }
    }
}
