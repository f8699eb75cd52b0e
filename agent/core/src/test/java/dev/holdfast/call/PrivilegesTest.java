package dev.holdfast.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class PrivilegesTest {
    @Test
    void a_thread_belongs_to_nobody() {
        List<Thread> made = new ArrayList<>();
        ThreadGroup group = new ThreadGroup("application");
        Thread application = new Thread(group, () -> made.add(Privileges.thread(() -> {}, "holdfast-test")));
        application.start();
        await().until(() -> !application.isAlive());

        Thread thread = made.get(0);
        assertThat(thread.getName()).isEqualTo("holdfast-test");
        assertThat(thread.isDaemon()).isTrue();
        assertThat(thread.getContextClassLoader()).isNull();
        ThreadGroup outermost = thread.getThreadGroup().getParent();
        assertThat(outermost)
                .as("a group that needs no permission to make threads in")
                .isNotNull();
        assertThat(outermost.getParent()).isNull();
        assertThat(thread.getThreadGroup()).isNotSameAs(group);
    }

    @Test
    void a_thread_that_was_made_in_an_applications_call_does_not_keep_the_applications_class_loader() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        OneClass loader = new OneClass();
        @SuppressWarnings("unchecked") // what Application is
        Supplier<Thread> application = (Supplier<Thread>) loader.loadClass(Application.class.getName())
                .getConstructor(CountDownLatch.class)
                .newInstance(end);
        assertThat(application.getClass().getClassLoader()).isSameAs(loader);
        Thread thread = application.get();
        WeakReference<ClassLoader> undeployed = new WeakReference<>(loader);
        loader = null;
        application = null;

        await().until(() -> {
            System.gc();
            return undeployed.get() == null;
        });
        assertThat(thread.isAlive()).isTrue();
        end.countDown();
    }

    @Test
    void without_a_security_manager_an_executor_is_the_same() {
        Executor executor = Runnable::run;

        assertThat(Privileges.withCallerPrivileges(executor)).isSameAs(executor);
    }

    /** Is on the stack when the thread is made. */
    public static final class Application implements Supplier<Thread> {
        private final CountDownLatch end;

        public Application(CountDownLatch end) {
            this.end = end;
        }

        @Override
        public Thread get() {
            Thread thread = Privileges.thread(new Waiting(end), "holdfast-test");
            thread.start();
            return thread;
        }
    }

    /** Holdfast's own, as a timer's work is. */
    public record Waiting(CountDownLatch end) implements Runnable {
        @Override
        public void run() {
            try {
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Loads {@link Application} anew, with a protection domain of its own. */
    private static final class OneClass extends ClassLoader {
        OneClass() {
            super(PrivilegesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Application.class.getName())) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(
                        name, bytes, 0, bytes.length, new java.security.ProtectionDomain(null, null, this, null));
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}
