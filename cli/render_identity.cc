#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/enum_names.h"
#include "cli/instants.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/text.h"

namespace journey::cli {
namespace {

using Steps = google::protobuf::RepeatedPtrField<v1::IdentityStep>;

std::string FormatCause(const v1::IdentityStep& step) {
  return step.has_cause() ? absl::StrCat(step.cause().source(), " ",
                                         step.cause().touchpoint_id())
                          : "merged";
}

void PrintSteps(const Steps& steps, std::ostream& out) {
  if (steps.empty()) return;
  out << "\nWHY\n";
  bool has_dates = false;
  Table table({"SUBJECT", "BELONGS TO", "FROM", "CAUSE"});
  for (const v1::IdentityStep& step : steps) {
    has_dates = has_dates || step.has_valid_from();
    table.AddRow({FormatSubject(step.from()), FormatSubject(step.to()),
                  step.has_valid_from() ? ShortInstant(step.valid_from(), true)
                                        : "always",
                  FormatCause(step)});
  }
  table.Print(out);
  if (has_dates) out << "A subject's first link holds before its date too.\n";
}

// The first link holds before its own time as well.
void PrintHistory(const Steps& history, std::ostream& out) {
  if (history.empty()) return;
  out << "\nOVER TIME\n";
  Table table({"SUBJECT", "BELONGS TO", "FROM", "UNTIL", "CAUSE"});
  for (int i = 0; i < history.size(); ++i) {
    const v1::IdentityStep& step = history[i];
    table.AddRow({FormatSubject(step.from()), FormatSubject(step.to()),
                  i == 0 ? "always" : ShortInstant(step.valid_from(), true),
                  i + 1 < history.size()
                      ? ShortInstant(history[i + 1].valid_from(), true)
                      : "",
                  FormatCause(step)});
  }
  table.Print(out);
}

}  // namespace

void PrintIdentity(const v1::Subject& subject,
                   const v1::ResolveResponse& identity, std::ostream& out) {
  Facts facts;
  facts.Add("Subject", FormatSubject(subject));
  facts.Add("Journey", FormatSubject(identity.journey()));
  facts.Add("Merged accounts",
            absl::StrJoin(identity.merged_account_ids(), ", "));
  facts.Print(out);
  PrintSteps(identity.steps(), out);
  PrintHistory(identity.history(), out);
}

void PrintLinkResult(const std::string& source, const std::string& id,
                     int64_t position, const std::string& result,
                     std::ostream& out) {
  Table table({"SOURCE", "ID", ">POSITION", "RESULT"});
  table.AddRow({source, id, FormatCount(position), result});
  table.Print(out);
}

void PrintInertWarning(int64_t links, std::ostream& err) {
  err << "Warning: " << FormatCount(links)
      << (links == 1 ? " link is inert and binds nobody"
                     : " links are inert and bind nobody")
      << ": a bound is reached. Look for an id that many share.\n";
}

std::string DescribeIdentity(const v1::Touchpoint& touchpoint) {
  if (touchpoint.has_account_merge()) {
    return absl::StrCat("= account:",
                        touchpoint.account_merge().other_account_id());
  }
  std::vector<std::string> subjects;
  const auto add = [&](const char* type, const std::string& id) {
    if (!id.empty()) subjects.push_back(absl::StrCat(type, ":", id));
  };
  add("visitor", touchpoint.anonymous_id());
  add("contact", touchpoint.contact_id());
  add("account", touchpoint.account_id());
  return absl::StrJoin(subjects, " > ");
}

std::string DescribeInertLinks(
    const google::protobuf::RepeatedField<int>& inert_links) {
  if (inert_links.empty()) return "";
  std::vector<std::string> names;
  for (const int type : inert_links) {
    names.push_back(
        type == v1::SUBJECT_TYPE_ACCOUNT
            ? "merge"
            : absl::StrCat("link of the ",
                           ShortEnumName(*v1::SubjectType_descriptor(), type)));
  }
  return absl::StrCat("(inert: ", absl::StrJoin(names, ", "), ")");
}

}  // namespace journey::cli
