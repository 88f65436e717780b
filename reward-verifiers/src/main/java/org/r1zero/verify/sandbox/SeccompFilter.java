package org.r1zero.verify.sandbox;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A filter of system calls, as the kernel wants it: an array of {@code struct sock_filter}.
 *
 * <p>It denies what a program under test never needs and an attack might: tracing other processes,
 * new namespaces and mounts, kernel keys, kernel programs, asynchronous rings, memory that no limit
 * counts (System V shared memory, memory files), file locks on what is the machine's, and all
 * sockets but local ones. A denied call fails with {@code EPERM}; the program goes on.
 *
 * <p>Call numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl and
 * include/uapi/asm-generic/unistd.h.
 */
final class SeccompFilter {

  private static final int LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
  private static final int JUMP_EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
  private static final int JUMP_AT_LEAST = 0x35; // BPF_JMP | BPF_JGE | BPF_K
  private static final int JUMP_ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
  private static final int AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
  private static final int RETURN = 0x06; // BPF_RET | BPF_K

  private static final int OFFSET_NUMBER = 0;
  private static final int OFFSET_ARCHITECTURE = 4;
  private static final int OFFSET_FIRST_ARGUMENT = 16; // its low half, on little-endian machines
  private static final int ARGUMENT_BYTES = 8;

  private static final int ALLOW = 0x7fff0000;
  private static final int KILL = 0x80000000;
  private static final int ERRNO = 0x00050000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int EAFNOSUPPORT = 97;

  private static final int SIGKILL = 9;
  private static final int SIGNAL_MASK = 0xff; // of clone's flags: what the parent gets at the end
  private static final int PIDFD_SEND_SIGNAL = 424;

  private static final int X32_BIT = 0x40000000;
  private static final int CLONE3 = 435;

  /** New mount, control group, UTS, IPC, user, process and network namespaces. */
  private static final int CLONE_NEW = 0x7e020000;

  /** Local alone: what waits in the buffers of IP sockets no control group of version 1 counts. */
  private static final int[] SOCKET_DOMAINS = {1};

  /** Calls with the same number everywhere: those added since 2019, and 424 to 448. */
  private static final int[] COMMON = {
    425, 426, 427, // io_uring
    428, 429, 430, 431, 432, 433, 442, // mounts by file descriptor
    438, // pidfd_getfd
    440, // process_madvise
    447, // memfd_secret
  };

  private final int architecture;
  private final boolean hasX32;
  private final int clone;
  private final int socket;
  private final int socketPair;
  private final int[] denied;
  private final List<Condition> kills;

  /** Calls that may bring about signal 9, if each argument that is named here has its value. */
  private record Condition(int call, Map<Integer, Integer> arguments) {}

  private SeccompFilter(
      int architecture,
      boolean hasX32,
      int clone,
      int socket,
      int socketPair,
      int[] denied,
      List<Condition> kills) {
    this.architecture = architecture;
    this.hasX32 = hasX32;
    this.clone = clone;
    this.socket = socket;
    this.socketPair = socketPair;
    this.denied = denied;
    this.kills = kills;
  }

  private static final Map<String, SeccompFilter> BY_ARCHITECTURE =
      Map.of(
          "amd64",
          new SeccompFilter(
              0xc000003e,
              true,
              56,
              41,
              53,
              new int[] {
                101, 310, 311, 312, // ptrace, process_vm_readv, process_vm_writev, kcmp
                29, 30, 31, 67, 64, 65, 66, 220, 68, 69, 70, 71, // System V ipc
                319, 240, 323, 73, // memfd_create, mq_open, userfaultfd, flock
                248, 249, 250, // add_key, request_key, keyctl
                321, 298, 103, 212, // bpf, perf_event_open, syslog, lookup_dcookie
                272, 308, 165, 166, 155, 161, // unshare, setns, mount, umount2, pivot_root, chroot
                303, 304, // name_to_handle_at, open_by_handle_at
                246, 320, 175, 313, 176, 169, // kexec, modules, reboot
                163, 167, 168, 170, 171, 172, 173, 179, // acct, swap, names, ports, quota
                159, 164, 227, 305, // adjtimex, settimeofday, clock_settime, clock_adjtime
                154, 216, // modify_ldt, remap_file_pages
                237, 238, 239, 256, 279, // NUMA placement
              },
              kills(62, 200, 234, 129, 297, 157, 72, 222, 160, 302)),
          "aarch64",
          new SeccompFilter(
              0xc00000b7,
              false,
              220,
              198,
              199,
              new int[] {
                117, 270, 271, 272, // ptrace, process_vm_readv, process_vm_writev, kcmp
                194, 195, 196, 197, 190, 191, 192, 193, 186, 187, 188, 189, // System V ipc
                279, 180, 282, 32, // memfd_create, mq_open, userfaultfd, flock
                217, 218, 219, // add_key, request_key, keyctl
                280, 241, 116, 18, // bpf, perf_event_open, syslog, lookup_dcookie
                97, 268, 40, 39, 41, 51, // unshare, setns, mount, umount2, pivot_root, chroot
                264, 265, // name_to_handle_at, open_by_handle_at
                104, 294, 105, 273, 106, 142, // kexec, modules, reboot
                89, 224, 225, 161, 162, 60, // acct, swap, names, quota
                171, 170, 112, 266, // adjtimex, settimeofday, clock_settime, clock_adjtime
                234, // remap_file_pages
                235, 236, 237, 238, 239, // NUMA placement
              },
              kills(129, 130, 131, 138, 240, 167, 25, 107, 164, 261)));

  /** The ways to signal 9; the numbers are those of the calls that the comments name. */
  private static List<Condition> kills(
      int kill,
      int tkill,
      int tgkill,
      int rtSigqueueinfo,
      int rtTgsigqueueinfo,
      int prctl,
      int fcntl,
      int timerCreate,
      int setrlimit,
      int prlimit64) {
    return List.of(
        new Condition(kill, Map.of(1, SIGKILL)),
        new Condition(tkill, Map.of(1, SIGKILL)),
        new Condition(tgkill, Map.of(2, SIGKILL)),
        new Condition(rtSigqueueinfo, Map.of(1, SIGKILL)),
        new Condition(rtTgsigqueueinfo, Map.of(2, SIGKILL)),
        new Condition(PIDFD_SEND_SIGNAL, Map.of(1, SIGKILL)),
        new Condition(prctl, Map.of(0, 1, 1, SIGKILL)), // when the parent dies
        new Condition(fcntl, Map.of(1, 10, 2, SIGKILL)), // when a file is ready
        new Condition(timerCreate, Map.of()), // the signal lies in memory, out of our sight
        new Condition(setrlimit, Map.of(0, 0)), // processor time
        new Condition(prlimit64, Map.of(1, 0))); // the same
  }

  /**
   * The filter for this machine's processor; empty where its call numbers are not known here.
   *
   * @param mayKill whether processes may send signal 9
   */
  static Optional<byte[]> forThisMachine(boolean mayKill) {
    return Optional.ofNullable(BY_ARCHITECTURE.get(System.getProperty("os.arch")))
        .map(filter -> filter.assemble(mayKill));
  }

  private byte[] assemble(boolean mayKill) {
    List<long[]> program = new ArrayList<>();
    add(program, LOAD, 0, 0, OFFSET_ARCHITECTURE);
    add(program, JUMP_EQUAL, 1, 0, architecture);
    add(program, RETURN, 0, 0, KILL);
    add(program, LOAD, 0, 0, OFFSET_NUMBER);
    if (hasX32) {
      add(program, JUMP_AT_LEAST, 0, 1, X32_BIT);
      add(program, RETURN, 0, 0, ERRNO | ENOSYS);
    }
    if (!mayKill) {
      kills.forEach(condition -> endOn(program, condition));
      add(program, JUMP_EQUAL, 0, 4, clone); // a child whose end kills its parent
      add(program, LOAD, 0, 0, OFFSET_FIRST_ARGUMENT);
      add(program, AND, 0, 0, SIGNAL_MASK);
      add(program, JUMP_EQUAL, 0, 1, SIGKILL);
      add(program, RETURN, 0, 0, KILL);
      add(program, LOAD, 0, 0, OFFSET_NUMBER);
    }
    for (int number : denied) {
      deny(program, number, EPERM);
    }
    for (int number : COMMON) {
      deny(program, number, EPERM);
    }
    deny(
        program, CLONE3,
        ENOSYS); // its flags lie in memory, out of a filter's sight: libc uses clone
    add(program, JUMP_EQUAL, 0, 4, clone);
    add(program, LOAD, 0, 0, OFFSET_FIRST_ARGUMENT);
    add(program, JUMP_ANY_BIT, 0, 1, CLONE_NEW);
    add(program, RETURN, 0, 0, ERRNO | EPERM);
    add(program, RETURN, 0, 0, ALLOW);
    for (int call : new int[] {socket, socketPair}) {
      add(program, JUMP_EQUAL, 0, 1 + 2 * SOCKET_DOMAINS.length + 1, call);
      add(program, LOAD, 0, 0, OFFSET_FIRST_ARGUMENT);
      for (int domain : SOCKET_DOMAINS) {
        add(program, JUMP_EQUAL, 0, 1, domain);
        add(program, RETURN, 0, 0, ALLOW);
      }
      add(program, RETURN, 0, 0, ERRNO | EAFNOSUPPORT);
    }
    add(program, RETURN, 0, 0, ALLOW);
    ByteBuffer bytes = ByteBuffer.allocate(8 * program.size()).order(ByteOrder.LITTLE_ENDIAN);
    for (long[] i : program) {
      bytes.putShort((short) i[0]).put((byte) i[1]).put((byte) i[2]).putInt((int) i[3]);
    }
    return bytes.array();
  }

  private static void endOn(List<long[]> program, Condition condition) {
    int size = condition.arguments().size();
    add(program, JUMP_EQUAL, 0, 2 * size + 1 + (size > 0 ? 1 : 0), condition.call());
    int left = 2 * size;
    for (Map.Entry<Integer, Integer> argument : condition.arguments().entrySet()) {
      add(program, LOAD, 0, 0, OFFSET_FIRST_ARGUMENT + ARGUMENT_BYTES * argument.getKey());
      left -= 2;
      add(program, JUMP_EQUAL, 0, left + 1, argument.getValue());
    }
    add(program, RETURN, 0, 0, KILL);
    if (size > 0) {
      add(program, LOAD, 0, 0, OFFSET_NUMBER);
    }
  }

  private static void deny(List<long[]> program, int number, int error) {
    add(program, JUMP_EQUAL, 0, 1, number);
    add(program, RETURN, 0, 0, ERRNO | error);
  }

  private static void add(List<long[]> program, int code, int ifTrue, int ifFalse, int operand) {
    program.add(new long[] {code, ifTrue, ifFalse, operand});
  }
}
