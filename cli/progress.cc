#include "cli/progress.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/instants.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

constexpr int64_t kTerminalIntervalMicros = 200'000;
constexpr int64_t kLineIntervalMicros = 5'000'000;
constexpr int64_t kBarCells = 24;

}  // namespace

Progress::Progress(const Environment& environment, std::string what,
                   int64_t total)
    : environment_(environment),
      what_(std::move(what)),
      total_(total),
      started_(environment.now_micros()),
      next_(started_ + (environment.err_is_tty ? kTerminalIntervalMicros
                                               : kLineIntervalMicros)) {}

Progress::~Progress() { Clear(); }

void Progress::Update(int64_t done) {
  const int64_t now = environment_.now_micros();
  if (now < next_) return;
  std::ostream& err = *environment_.err;
  if (environment_.err_is_tty) {
    next_ = now + kTerminalIntervalMicros;
    const auto width = static_cast<size_t>(environment_.columns - 1);
    err << '\r' << PadRight(Truncate(Line(done, now), width), width)
        << std::flush;
    line_shown_ = true;
  } else {
    next_ = now + kLineIntervalMicros;
    err << Line(done, now) << std::endl;
  }
}

void Progress::Clear() {
  if (!line_shown_) return;
  *environment_.err << '\r'
                    << std::string(
                           static_cast<size_t>(environment_.columns - 1), ' ')
                    << '\r' << std::flush;
  line_shown_ = false;
}

std::string Progress::Line(int64_t done, int64_t now) const {
  const double seconds =
      static_cast<double>(std::max<int64_t>(now - started_, 1)) / 1e6;
  const double rate = static_cast<double>(done) / seconds;
  std::string line = absl::StrCat(what_, " ");
  if (total_ > 0) {
    const int64_t cells = std::min(done * kBarCells / total_, kBarCells);
    if (environment_.err_is_tty) {
      absl::StrAppend(&line, "[", std::string(static_cast<size_t>(cells), '#'),
                      std::string(static_cast<size_t>(kBarCells - cells), '.'),
                      "] ");
    }
    absl::StrAppend(&line, done * 100 / total_, "%  ", FormatCount(done), "/",
                    FormatCount(total_));
  } else {
    absl::StrAppend(&line, FormatCount(done));
  }
  absl::StrAppend(&line, "  ", FormatCount(static_cast<int64_t>(rate)), "/s");
  if (total_ > 0 && rate > 0) {
    const double left = static_cast<double>(total_ - done) / rate;
    absl::StrAppend(&line, "  ",
                    ShortDuration(static_cast<int64_t>(left * 1e6)), " left");
  }
  return line;
}

}  // namespace journey::cli
