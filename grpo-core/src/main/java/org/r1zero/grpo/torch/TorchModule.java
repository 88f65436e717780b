package org.r1zero.grpo.torch;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * TorchScript source, loaded and callable: one call crosses into native code once, whatever the
 * method does.
 *
 * <p>Arguments are NDArray (Tensor), List of NDArray (List[Tensor]), Long or Integer (int), long[]
 * (List[int]), Double (float), Boolean (bool) and String (str).
 */
public final class TorchModule {
  private static final MethodHandle RUN_METHOD = findRunMethod();

  private final PtSymbolBlock block;
  private final String resource;

  private TorchModule(PtSymbolBlock block, String resource) {
    this.block = block;
    this.resource = resource;
  }

  /**
   * Loads a module from a class-path resource.
   *
   * @param scope owns the module
   * @param owner the class beside whose package the resource lies
   * @param resource the file's name, such as {@code decoder.py}
   * @param className the class in it
   * @param attributes values of the attributes that it declares: Long, Double or Boolean
   * @throws IllegalArgumentException if libtorch refuses the source or the attributes
   */
  public static TorchModule load(
      Scope scope,
      Class<?> owner,
      String resource,
      String className,
      Map<String, Object> attributes) {
    Torch.prepareThread();
    try (InputStream in = owner.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + resource + " beside " + owner);
      }
      String source = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      byte[] archive = TorchScriptArchive.pack(className, source, attributes);
      PtSymbolBlock block =
          JniUtils.loadModule(
              (PtNDManager) scope.manager(), new ByteArrayInputStream(archive), false, false);
      return new TorchModule(block, resource);
    } catch (EngineException e) {
      throw new IllegalArgumentException(
          String.format(
              "%s can't be loaded as class %s with attributes %s: %s",
              resource, className, attributes.keySet(), reason(e)),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + resource + " failed", e);
    }
  }

  /**
   * Calls a method that returns a tensor, which {@code scope} then owns.
   *
   * @throws IllegalStateException if the method fails: the message has libtorch's reason
   */
  public NDArray call(Scope scope, String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      return result.toTensor((PtNDManager) scope.manager());
    } catch (EngineException e) {
      throw failure(method, e);
    }
  }

  /** Calls a method that returns a tuple or list of tensors, which {@code scope} then owns. */
  public List<NDArray> callForList(Scope scope, String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      NDList list = result.toNDList((PtNDManager) scope.manager());
      return List.copyOf(list);
    }
  }

  /** Calls a method that returns an int. */
  public long callForLong(String method, Object... arguments) {
    try (IValue result = run(method, arguments)) {
      return result.toLong();
    }
  }

  /** Calls a method for its effect on its arguments; it returns an int that nobody reads. */
  public void callForEffect(String method, Object... arguments) {
    run(method, arguments).close();
  }

  private IValue run(String method, Object[] arguments) {
    Torch.prepareThread();
    IValue[] values = new IValue[arguments.length];
    long[] handles = new long[arguments.length];
    try {
      for (int i = 0; i < arguments.length; i++) {
        values[i] = toIValue(method, arguments[i]);
        handles[i] = values[i].getHandle();
      }
      return (IValue) RUN_METHOD.invoke(block.getHandle(), method, handles, true, false);
    } catch (EngineException e) {
      throw failure(method, e);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("calling " + method + " failed", e);
    } finally {
      for (IValue value : values) {
        if (value != null) {
          value.close();
        }
      }
    }
  }

  private IllegalStateException failure(String method, EngineException e) {
    return new IllegalStateException(resource + "'s " + method + " failed: " + reason(e), e);
  }

  /** libtorch puts a traceback before its reason, which is one line. */
  private static String reason(EngineException e) {
    String message = String.valueOf(e.getMessage());
    int at = message.lastIndexOf("RuntimeError: ");
    return message.substring(Math.max(0, at)).strip().replaceAll("\\s+", " ");
  }

  private static IValue toIValue(String method, Object argument) {
    if (argument instanceof PtNDArray array) {
      return IValue.from(array);
    } else if (argument instanceof List<?> list
        && list.stream().allMatch(PtNDArray.class::isInstance)) {
      return IValue.listFrom(list.toArray(new PtNDArray[0]));
    } else if (argument instanceof long[] numbers) {
      return IValue.listFrom(numbers);
    } else if (argument instanceof Long number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Integer number) {
      return IValue.from(number.longValue());
    } else if (argument instanceof Double number) {
      return IValue.from(number.doubleValue());
    } else if (argument instanceof Boolean flag) {
      return IValue.from(flag.booleanValue());
    } else if (argument instanceof String text) {
      return IValue.from(text);
    }
    throw new IllegalArgumentException(
        method
            + " takes NDArray, List of NDArray, Long, Integer, long[], Double, Boolean or String, was given "
            + argument);
  }

  /**
   * DJL's public {@code IValueUtils.runMethod} always runs in libtorch's inference mode, whose
   * tensors can't enter autograd later. The same native entry with its training flag set leaves
   * that to the thread's grad mode, but is package-private.
   */
  private static MethodHandle findRunMethod() {
    Torch.prepareThread();
    try {
      Class<?> library = Class.forName("ai.djl.pytorch.jni.PyTorchLibrary");
      Field instance = library.getDeclaredField("LIB");
      instance.setAccessible(true);
      Method run =
          library.getDeclaredMethod(
              "moduleRunMethod",
              long.class,
              String.class,
              long[].class,
              boolean.class,
              boolean.class);
      run.setAccessible(true);
      Constructor<IValue> wrap = IValue.class.getDeclaredConstructor(long.class);
      wrap.setAccessible(true);
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      return MethodHandles.filterReturnValue(
          lookup.unreflect(run).bindTo(instance.get(null)), lookup.unreflectConstructor(wrap));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "this DJL has no PyTorchLibrary.moduleRunMethod; r1zero needs DJL 0.36.0", e);
    }
  }
}
