package dev.holdfast.weave;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.instrumentation.JoinPoint;
import dev.holdfast.instrumentation.JoinPoint.Access;
import java.util.ArrayList;
import java.util.List;
import net.bytebuddy.jar.asm.ClassReader;
import net.bytebuddy.jar.asm.ClassVisitor;
import net.bytebuddy.jar.asm.ClassWriter;
import net.bytebuddy.jar.asm.Handle;
import net.bytebuddy.jar.asm.MethodVisitor;
import net.bytebuddy.jar.asm.Opcodes;
import org.junit.jupiter.api.Test;

/** Tests what join points within one class of a library become: which instructions, with which operands. */
class JoinPointKindsTest {
    private static final String CALL = "lib/Call";
    private static final String CLIENT = "lib/Client";
    private static final String LISTENER = "lib/Listener";
    private static final String FAILED = "(Llib/Call;Ljava/io/IOException;)V";
    private static final String ENDED = "(Llib/Call;)V";
    private static final String CHAIN = "(Llib/Client;Llib/Listener;)Ljava/util/List;";
    private static final String ENQUEUED = "(Llib/Callback;)V";
    private static final int INTERCEPTORS = 1;
    private static final int ENQUEUE = 2;
    private static final int CANCEL = 3;
    private static final int CALL_FAILED = 4;
    private static final int COUNT = 5;
    private static final int IDLE = 6;
    private static final int CALL_ENDED = 7;

    private static final List<JoinPoint> POINTS = List.of(
            JoinPoint.callResult(INTERCEPTORS, CALL, Access.call(CLIENT, "interceptors", "()Ljava/util/List;")),
            JoinPoint.argument(ENQUEUE, CALL, "enqueue", ENQUEUED),
            JoinPoint.exit(CANCEL, CALL, "cancel"),
            JoinPoint.unless(CALL_FAILED, CALL, Access.call(LISTENER, "callFailed", FAILED)),
            JoinPoint.unless(CALL_ENDED, CALL, Access.call(LISTENER, "callEnd", ENDED)),
            JoinPoint.result(COUNT, CALL, "count", "()I"),
            JoinPoint.unless(IDLE, CALL, Access.call("java/lang/Runnable", "run", "()V")));

    @Test
    void each_kind_becomes_its_instruction_and_several_stand_in_one_method() {
        ClassWeaver weaver = ClassWeaver.weaveLibrary(library(Opcodes.V1_8), POINTS, "lib", "lib");

        assertThat(weaver.missing()).isEmpty();
        byte[] woven = weaver.classfile();
        assertThat(woven).isNotNull();
        assertThat(instructions(woven))
                .containsExactly(
                        "chain: twice",
                        "chain: call interceptors",
                        "chain: swap",
                        "chain: this",
                        "chain: swap",
                        "chain: result(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object; "
                                + INTERCEPTORS,
                        "chain: skip:callFailed(Llib/Listener;Llib/Call;Ljava/io/IOException;)V " + CALL_FAILED,
                        "chain: skip-one:callEnd(Llib/Listener;Llib/Call;)V " + CALL_ENDED,
                        "enqueue: this",
                        "enqueue: result(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object; "
                                + ENQUEUE,
                        "enqueue: store 1",
                        "enqueue: call callFailed on others",
                        "cancel: this",
                        "cancel: observe(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;I)V " + CANCEL,
                        "count: this",
                        "count: skip:run(Ljava/lang/Runnable;Llib/Call;)V " + IDLE,
                        "count: call valueOf",
                        "count: this",
                        "count: result(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object; "
                                + COUNT,
                        "count: call intValue");
    }

    @Test
    void class_files_of_java_6_hand_over_what_is_observed_with_the_object_whose_method_it_is() {
        List<JoinPoint> points = List.of(
                JoinPoint.after(CANCEL, CALL, "chain", CHAIN, Access.call(CLIENT, "interceptors", "(")),
                JoinPoint.before(CALL_FAILED, CALL, "enqueue", ENQUEUED, Access.call("lib/Other", "callFailed", "(")));
        ClassWeaver weaver = ClassWeaver.weaveLibrary(library(Opcodes.V1_6), points, "lib", "lib");

        assertThat(weaver.missing()).isEmpty();
        byte[] woven = weaver.classfile();
        assertThat(woven).isNotNull();
        assertThat(instructions(woven))
                .containsExactly(
                        "chain: call interceptors",
                        "chain: twice",
                        "chain: this",
                        "chain: swap",
                        "chain: call enter",
                        "chain: drop",
                        "chain: call callFailed",
                        "chain: call callEnd",
                        "enqueue: twice",
                        "enqueue: this",
                        "enqueue: swap",
                        "enqueue: call enter",
                        "enqueue: drop",
                        "enqueue: call callFailed on others",
                        "count: call run");
    }

    /** A class in which {@code chain} has two join points; {@code enqueue} calls a method of another class alike. */
    private static byte[] library(int version) {
        ClassWriter writer = new ClassWriter(0);
        writer.visit(version, Opcodes.ACC_PUBLIC, CALL, null, "java/lang/Object", null);
        MethodVisitor chain = writer.visitMethod(Opcodes.ACC_PUBLIC, "chain", CHAIN, null, null);
        chain.visitCode();
        chain.visitVarInsn(Opcodes.ALOAD, 1);
        chain.visitMethodInsn(Opcodes.INVOKEVIRTUAL, CLIENT, "interceptors", "()Ljava/util/List;", false);
        failed(chain, LISTENER, 2);
        chain.visitVarInsn(Opcodes.ALOAD, 2);
        chain.visitInsn(Opcodes.ACONST_NULL);
        chain.visitMethodInsn(Opcodes.INVOKEVIRTUAL, LISTENER, "callEnd", ENDED, false);
        chain.visitInsn(Opcodes.ARETURN);
        chain.visitMaxs(4, 3);
        chain.visitEnd();
        MethodVisitor enqueue = writer.visitMethod(Opcodes.ACC_PUBLIC, "enqueue", ENQUEUED, null, null);
        enqueue.visitCode();
        failed(enqueue, "lib/Other", 1);
        enqueue.visitInsn(Opcodes.RETURN);
        enqueue.visitMaxs(3, 2);
        enqueue.visitEnd();
        MethodVisitor cancel = writer.visitMethod(Opcodes.ACC_PUBLIC, "cancel", "()V", null, null);
        cancel.visitCode();
        cancel.visitInsn(Opcodes.RETURN);
        cancel.visitMaxs(0, 1);
        cancel.visitEnd();
        MethodVisitor count = writer.visitMethod(Opcodes.ACC_PUBLIC, "count", "()I", null, null);
        count.visitCode();
        count.visitInsn(Opcodes.ACONST_NULL);
        count.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/lang/Runnable", "run", "()V", true);
        count.visitInsn(Opcodes.ICONST_0);
        count.visitInsn(Opcodes.IRETURN);
        count.visitMaxs(1, 1);
        count.visitEnd();
        writer.visitEnd();
        return writer.toByteArray();
    }

    private static void failed(MethodVisitor method, String owner, int receiver) {
        method.visitVarInsn(Opcodes.ALOAD, receiver);
        method.visitInsn(Opcodes.ACONST_NULL);
        method.visitInsn(Opcodes.ACONST_NULL);
        method.visitMethodInsn(Opcodes.INVOKEVIRTUAL, owner, "callFailed", FAILED, false);
    }

    private static List<String> instructions(byte[] classfile) {
        List<String> found = new ArrayList<>();
        new ClassReader(classfile)
                .accept(
                        new ClassVisitor(Opcodes.ASM9) {
                            @Override
                            public MethodVisitor visitMethod(
                                    int access, String name, String descriptor, String signature, String[] thrown) {
                                return new Instructions(name, found);
                            }
                        },
                        0);
        return found;
    }

    private static final class Instructions extends MethodVisitor {
        private final String method;
        private final List<String> found;

        Instructions(String method, List<String> found) {
            super(Opcodes.ASM9);
            this.method = method;
            this.found = found;
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            found.add(method + ": call " + name + (owner.equals("lib/Other") ? " on others" : ""));
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            if (opcode == Opcodes.ASTORE) {
                found.add(method + ": store " + variable);
            } else if (variable == 0) {
                found.add(method + ": this");
            }
        }

        @Override
        public void visitInsn(int opcode) {
            switch (opcode) {
                case Opcodes.SWAP -> found.add(method + ": swap");
                case Opcodes.DUP -> found.add(method + ": twice");
                case Opcodes.POP -> found.add(method + ": drop");
                default -> {}
            }
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            found.add(method + ": " + name + descriptor + " " + arguments[2]);
        }
    }
}
