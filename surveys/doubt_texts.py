"""What the soft checks say where a definition has no message of its own, and what a person may choose. Pure."""

from surveys.questionnaire import Text

IS_NUMBER_RIGHT = Text("この数字でよろしいですか", "Is this number right?")
NUMBER_IS_RIGHT = Text("{now}で正しい", "{now} is right")
MEND_NUMBER = Text("数字を直す", "Correct the number")
IS_ANSWER_RIGHT = Text("今回は「{now}」でよろしいですか", "Is “{now}” right this time?")
ANSWER_IS_RIGHT = Text("「{now}」で正しい", "“{now}” is right")
MEND_ANSWER = Text("回答を直す", "Correct the answer")
ARE_BOTH_RIGHT = Text("この2つの回答でよろしいですか", "Are these two answers right?")
BOTH_ARE_RIGHT = Text("どちらも正しい", "Both are right")
MEND_ONE = Text("どちらかを直す", "Correct one of them")
THIS_TIME = Text("今回", "This time")
CHOSEN, NOT_CHOSEN = Text("選択あり", "chosen"), Text("選択なし", "not chosen")

FROM_OR_TO_NONE = Text(
    "{row}が、前回の{before}から{now}になっています。", "{row} went from {before} last time to {now}."
)
TIMES = Text("{row}が、前回の{times}倍です。", "{row}: {times} times last time’s number.")
PART = Text("{row}が、前回の{times}分の1です。", "{row}: 1/{times} of last time’s number.")
ABOUT = Text("約", "about ")
OUTSIDE = Text(
    "{row}が、同じような団体の範囲から大きく外れています。", "{row} is far outside the range of similar bodies."
)
PEERS_OF_SIZE = Text(
    "種別と人口規模が同じ{bodies}団体の範囲（{fy}、両端の5％を除く）",
    "Range of {bodies} bodies of the same kind and size ({fy}, without 5% at either end)",
)
PEERS_OF_KIND = Text(
    "種別が同じ{bodies}団体の範囲（{fy}、両端の5％を除く）",
    "Range of {bodies} bodies of the same kind ({fy}, without 5% at either end)",
)
WAS = Text("前回は「{before}」でした。", "Last time the answer was “{before}”.")
ROW_WAS = Text("「{row}」は、前回「{before}」でした。", "“{row}” was “{before}” last time.")
WAS_CHOSEN = Text("前回は「{row}」を選んでいました。", "Last time “{row}” was chosen.")
NO_LONGER = Text("「{row}」を選ばない", "“{row}” not chosen")
BUT = Text(
    "「{question}」は「{now}」ですが、「{other}」は「{that}」です。",
    "“{question}” is “{now}”, but “{other}” is “{that}”.",
)
ROW_BUT = Text(
    "「{row}」は、「{question}」では「{now}」ですが、「{other}」では「{that}」です。",
    "“{row}” is “{now}” in “{question}”, but “{that}” in “{other}”.",
)
