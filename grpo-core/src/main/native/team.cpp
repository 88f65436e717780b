// Threads and memory.
#include <sched.h>
#include <sys/mman.h>
#include <cstring>
#include <new>
#include "internal.h"

namespace {
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}
constexpr int SPINS = 2000;       // some 30 microseconds, then the core is offered to others
constexpr int IDLE_SPINS = 4000;  // between calls, then asleep
}  // namespace

Team::Team(int threads) : size_(threads) {
  try {
    for (int i = 1; i < threads; i++) threads_.emplace_back([this, i] { loop(i); });
  } catch (...) {  // no thread is to be had: those that were begun must end, or the process does
    stop();
    throw;
  }
}

Team::~Team() { stop(); }

void Team::stop() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
    job_.fetch_add(1);
  }
  wake_.notify_all();
  for (auto &t : threads_) t.join();
}

void Team::run(void (*work)(void *, int), void *context, int phases) {
  if (static_cast<int>(next_.size()) < phases) next_ = std::vector<Counter>(phases);
  for (auto &n : next_) n.value.store(0, std::memory_order_relaxed);
  work_ = work;
  context_ = context;
  if (size_ > 1) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      job_.fetch_add(1);
    }
    wake_.notify_all();
  }
  work(context, 0);
  wait();
}

void Team::loop(int index) {
  unsigned seen = 0;
  for (;;) {
    for (int i = 0; i < IDLE_SPINS && job_.load() == seen; i++) relax();
    if (job_.load() == seen) {
      std::unique_lock<std::mutex> lock(mutex_);
      wake_.wait(lock, [&] { return job_.load() != seen; });
    }
    seen = job_.load();
    if (stop_) return;
    work_(context_, index);
    wait();
  }
}

void Team::wait() {
  if (size_ == 1) return;
  int round = round_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) == size_ - 1) {
    arrived_.store(0, std::memory_order_relaxed);
    round_.store(round + 1, std::memory_order_release);
    return;
  }
  for (int spins = 0; round_.load(std::memory_order_acquire) == round; spins++) {
    if (spins < SPINS) relax();
    else sched_yield();
  }
}

namespace {
constexpr size_t LARGE = 2 << 20;  // a huge page
}  // namespace

void in_huge_pages(void *data, size_t bytes) {
  uintptr_t from = (reinterpret_cast<uintptr_t>(data) + LARGE - 1) / LARGE * LARGE, to = (reinterpret_cast<uintptr_t>(data) + bytes) / LARGE * LARGE;
  if (from < to) madvise(reinterpret_cast<void *>(from), to - from, MADV_HUGEPAGE);
}

// Large memory comes from the kernel, which zeroes a page when a thread first writes to it, so that the threads share that work.
void Memory::ensure(size_t bytes) {
  if (bytes <= bytes_) return;
  size_t unit = bytes > LARGE - 64 ? LARGE : 64, whole = (bytes + unit - 1) / unit * unit;  // small ones stay below LARGE, by which release tells
  release();
  if (unit == LARGE) {
    char *all = static_cast<char *>(mmap(nullptr, whole + LARGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    if (all == MAP_FAILED) throw std::bad_alloc();
    size_t before = LARGE - reinterpret_cast<uintptr_t>(all) % LARGE;
    munmap(all, before);
    if (before < LARGE) munmap(all + before + whole, LARGE - before);
    data_ = all + before;
    in_huge_pages(data_, whole);
  } else {
    data_ = aligned_alloc(unit, whole);
    if (!data_) throw std::bad_alloc();
    memset(data_, 0, whole);
  }
  bytes_ = whole;
}

void Memory::release() {
  if (bytes_ >= LARGE) munmap(data_, bytes_);
  else free(data_);
  data_ = nullptr;
  bytes_ = 0;
}

void Memory::keep_at_most(size_t bytes) {
  if (bytes_ > bytes) release();
}

Widths::Widths(const r1z_shape &s) {
  auto whole = [](int n, int unit) { return (n + unit - 1) / unit * unit; };
  hidden = whole(s.hidden, 32);
  inner = whole(s.inner, 32);
  vocab = whole(s.vocab, 32);
  head = 2 * whole(s.head_dim / 2, 16);
  attention = s.heads * head;
  qkv = (s.heads + 2 * s.kv_heads) * head;
}
