#include "cli/upload.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/exit_codes.h"
#include "cli/json.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

// A file of the wrong kind would otherwise give as many lines as it has.
constexpr int64_t kReportsMax = 100;

SenderOptions OptionsFor(const Settings& settings,
                         const UploadOptions& options) {
  SenderOptions sender;
  sender.tenant = settings.tenant;
  sender.stop_at_refusal = options.strict;
  if (options.strict) sender.window_batches = 1;
  return sender;
}

}  // namespace

Upload::Upload(const Invocation& invocation, const Settings& settings,
               UploadOptions options)
    : invocation_(invocation),
      options_(std::move(options)),
      started_(invocation.environment.now_micros()),
      interrupt_handler_(*invocation.environment.interrupt, nullptr),
      stub_(v1::TouchpointService::NewStub(OpenChannel(settings))),
      progress_(invocation.environment,
                options_.dry_run ? "converting" : "sending",
                options_.rows_total),
      sender_(
          *stub_, OptionsFor(settings, options_),
          [this](int64_t row, const std::string& reason) {
            Report(options_.row_name(row), reason);
          },
          [&invocation](absl::Duration length) {
            return invocation.environment.interrupt->Sleep(length);
          }) {}

bool Upload::WantsMore() const {
  if (invocation_.environment.interrupt->requested()) return false;
  return !options_.strict || refused() == 0;
}

int64_t Upload::rows_done() const {
  const SenderTotals& totals = sender_.totals();
  return totals.appended + totals.repeated + refused() + printed_;
}

int64_t Upload::refused() const {
  return refused_here_ + sender_.totals().refused;
}

absl::Status Upload::Send(int64_t row, v1::Touchpoint touchpoint) {
  absl::Status status;
  if (options_.dry_run) {
    invocation_.out() << ToJsonLine(touchpoint) << '\n';
    ++printed_;
  } else {
    status = sender_.Add(row, std::move(touchpoint));
  }
  progress_.Update(rows_done());
  return status;
}

void Upload::Refuse(int64_t row, const std::string& reason) {
  RefuseRecord(options_.row_name(row), reason);
}

void Upload::RefuseRecord(const std::string& name, const std::string& reason) {
  ++refused_here_;
  Report(name, reason);
}

void Upload::Report(const std::string& name, const std::string& reason) {
  if (refused() > kReportsMax) return;
  progress_.Clear();
  invocation_.err() << name << " refused: " << reason << "\n";
}

absl::Status Upload::Flush() { return sender_.Drain(); }

absl::StatusOr<int> Upload::Finish(absl::Status status) {
  if (status.ok()) status = sender_.Finish();
  const bool interrupted = invocation_.environment.interrupt->requested();
  progress_.Clear();
  PrintSummary();
  if (interrupted) {
    invocation_.err() << "Interrupted. Repeat the command to go on; what is "
                         "there already is not added again.\n";
    return kExitInterrupted;
  }
  if (!status.ok()) {
    if (sender_.unanswered() > 0) {
      invocation_.err() << FormatCount(sender_.unanswered())
                        << " touchpoints have no answer; repeating the "
                           "command is safe.\n";
    }
    return status;
  }
  return refused() > 0 ? kExitRefused : kExitOk;
}

void Upload::PrintSummary() {
  const SenderTotals& totals = sender_.totals();
  std::ostream& err = invocation_.err();
  if (refused() > kReportsMax) {
    err << "and " << FormatCount(refused() - kReportsMax)
        << " more refused; correct those above, then repeat the command to see "
           "them\n";
  }
  if (options_.dry_run) {
    err << FormatCount(printed_) << " touchpoints printed, "
        << FormatCount(refused()) << " rows refused; nothing was sent\n";
    return;
  }
  const int64_t micros =
      std::max<int64_t>(invocation_.environment.now_micros() - started_, 1000);
  const int64_t answered = totals.appended + totals.repeated;
  err << FormatCount(totals.appended) << " appended, "
      << FormatCount(totals.repeated) << " repeated, " << FormatCount(refused())
      << " refused in "
      << absl::StrCat(micros / 1'000'000, ".", micros / 100'000 % 10, " s (")
      << FormatCount(static_cast<int64_t>(static_cast<double>(answered) * 1e6 /
                                          static_cast<double>(micros)))
      << "/s)\n";
  if (totals.inert_links > 0) PrintInertWarning(totals.inert_links, err);
  if (totals.retracted > 0) {
    err << "Warning: " << FormatCount(totals.retracted)
        << (totals.retracted == 1 ? " of these is" : " of these are")
        << " not in force: the id was retracted, and never revives. What is"
           " right needs a new id.\n";
  }
}

}  // namespace journey::cli
