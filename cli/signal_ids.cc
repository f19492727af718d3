#include "cli/signal_ids.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/client.h"

namespace journey::cli {
namespace {

constexpr size_t kDigits = 32;
constexpr size_t kDigitsMin = 8;
// Looking at more than 100,000 signals for a few digits is not worth it.
constexpr int kPageSize = 1000;
constexpr int kPagesMax = 100;

bool IsId(absl::string_view text) {
  return text.size() >= kDigitsMin && text.size() <= kDigits &&
         std::all_of(text.begin(), text.end(), absl::ascii_isxdigit);
}

// Calls `look` with every id, whatever was done about the signal.
absl::Status ForEachId(v1::SignalService::StubInterface& stub,
                       const Settings& settings,
                       const std::function<void(const std::string&)>& look) {
  int pages = 0;
  for (const v1::SignalHandling handling :
       {v1::SIGNAL_HANDLING_UNSPECIFIED, v1::SIGNAL_HANDLING_FINISHED,
        v1::SIGNAL_HANDLING_DISMISSED}) {
    v1::ListSignalsRequest request;
    request.set_tenant_id(settings.tenant);
    request.set_handling(handling);
    request.set_include_withdrawn(true);
    request.set_include_historical(true);
    request.set_page_size(kPageSize);
    do {
      if (++pages > kPagesMax) {
        return UsageError(
            "there are too many signals to look for a short id; give all 32 "
            "digits, which `-o json` shows");
      }
      const auto page =
          CallOn(stub, settings, &v1::SignalService::StubInterface::ListSignals,
                 request);
      if (!page.ok()) return page.status();
      for (const v1::Signal& signal : page->signals()) look(signal.signal_id());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
  }
  return absl::OkStatus();
}

// The one id that was found for a short one.
absl::StatusOr<std::string> OnlyOne(const std::string& text,
                                    const std::set<std::string>& found) {
  if (found.empty()) {
    return FromGrpc({grpc::StatusCode::NOT_FOUND,
                     absl::StrCat("no signal's id begins with ", text)});
  }
  if (found.size() > 1) {
    return UsageError(absl::StrCat(
        text,
        " begins several ids; give more digits: ", absl::StrJoin(found, ", ")));
  }
  return *found.begin();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> CompleteSignalIds(
    v1::SignalService::StubInterface& stub, const Settings& settings,
    const std::vector<std::string>& texts) {
  std::vector<std::string> ids;
  // The ids that each short one begins.
  std::map<std::string, std::set<std::string>> shorts;
  for (const std::string& text : texts) {
    if (!IsId(text)) {
      return UsageError(absl::StrCat(
          "\"", text, "\" is no signal id; write 8 to 32 hexadecimal digits"));
    }
    ids.push_back(absl::AsciiStrToLower(text));
    if (text.size() < kDigits) shorts[ids.back()];
  }
  if (shorts.empty()) return ids;
  absl::Status status =
      ForEachId(stub, settings, [&shorts](const std::string& id) {
        for (auto& [text, found] : shorts) {
          if (absl::StartsWith(id, text)) found.insert(id);
        }
      });
  if (!status.ok()) return status;
  for (std::string& id : ids) {
    const auto entry = shorts.find(id);
    if (entry == shorts.end()) continue;
    auto whole = OnlyOne(id, entry->second);
    if (!whole.ok()) return whole.status();
    id = *std::move(whole);
  }
  return ids;
}

size_t ShortIdDigits(const std::vector<std::string>& ids) {
  const std::set<std::string> whole(ids.begin(), ids.end());
  for (size_t digits = kDigitsMin; digits < kDigits; ++digits) {
    std::set<std::string> cut;
    for (const std::string& id : whole) cut.insert(id.substr(0, digits));
    if (cut.size() == whole.size()) return digits;
  }
  return kDigits;
}

}  // namespace journey::cli
